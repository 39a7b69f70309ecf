namespace Holdfast.Engines.Slurm;

/// <summary>Why a job waits, for people. Slurm's word stays in it: that is what its documentation explains.</summary>
internal static class SlurmWords
{
    /// <summary>Whether what waits for this reason waits in vain, as the cluster is configured.</summary>
    public static bool IsNever(string reason) => reason is "BadConstraints" or "PartitionConfig" or "PartitionNodeLimit" or "PartitionTimeLimit" or "InvalidAccount" or "InvalidQOS" or "DependencyNeverSatisfied";

    /// <summary>A reason as <c>squeue</c> has it.</summary>
    public static string Of(string reason) => reason switch
    {
        "None" or "" or "(null)" => "its turn has not come yet.",
        "Resources" => "Resources: the next nodes that are free are its own.",
        "Priority" => "Priority: others are before it.",
        "Dependency" => "Dependency: a job that it comes after has not ended.",
        "DependencyNeverSatisfied" => "DependencyNeverSatisfied: a job that it comes after has failed; mend: cancel it.",
        "BeginTime" => "BeginTime: it is not to start before a time.",
        "JobHeldUser" => "JobHeldUser: it is held; mend: holdfast job release.",
        "JobHeldAdmin" => "JobHeldAdmin: who administers the cluster holds it.",
        "PartitionDown" or "PartitionInactive" => $"{reason}: its partition is closed.",
        "PartitionTimeLimit" => "PartitionTimeLimit: it asks for more time than its partition gives; mend: a shorter max_duration.",
        "PartitionNodeLimit" => "PartitionNodeLimit: it asks for more nodes than its partition gives; mend: fewer nodes.",
        "PartitionConfig" or "BadConstraints" => $"{reason}: its partition has not as many processors, as much memory, or as many GPUs or nodes as it asks for; mend: ask for less (sinfo -o '%P %D %c %m %G').",
        "InvalidAccount" or "InvalidQOS" => $"{reason}: mend: slurm.account and slurm.qos in hub.yaml.",
        "ReqNodeNotAvail" => "ReqNodeNotAvail: nodes that it needs are down or reserved.",
        _ when reason.StartsWith("Nodes_required_for_job_are_DOWN", StringComparison.Ordinal) || reason.StartsWith("Nodes required for job are DOWN", StringComparison.Ordinal) => "nodes that it needs are down.",
        _ when reason.StartsWith("QOS", StringComparison.Ordinal) || reason.StartsWith("Assoc", StringComparison.Ordinal) => $"{reason}: a limit of its account or quality of service.",
        _ => $"{reason}.",
    };
}
