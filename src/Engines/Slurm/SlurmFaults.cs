using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Slurm;

/// <summary>What Slurm's programs complain about, as faults with the mend.</summary>
internal static class SlurmFaults
{
    private static readonly (string Words, string Code, string Mend)[] Known =
    [
        // Those of who is who before the others: a controller that is not asked properly is also one that was not reached.
        ("munge", "unavailable", "start munge here and on the controller (systemctl start munge), with the same key"),
        ("authentication error", "unavailable", "start munge here and on the controller (systemctl start munge), with the same key and clocks that agree"),
        ("Invalid authentication credential", "unavailable", "munge needs the same key on all hosts, and clocks that agree"),
        ("invalid partition", "bad-spec", "another partition; sinfo lists them, and slurm.partition in hub.yaml is the usual one"),
        ("Requested node configuration is not available", "no-capacity", "less of resources.cpu, memory or gpu: no node of the partition has so much (sinfo -o '%P %c %m %G')"),
        ("Node count specification invalid", "no-capacity", "fewer nodes: the partition has not so many (sinfo)"),
        ("More processors requested than permitted", "no-capacity", "fewer processors (resources.cpu)"),
        ("Memory required by task is not available", "no-capacity", "less memory (resources.memory)"),
        ("CPU count per node can not be satisfied", "no-capacity", "fewer processors (resources.cpu): no node has so many"),
        ("Invalid generic resource", "no-capacity", "no GPUs: this cluster knows none (GresTypes in slurm.conf)"),
        ("Requested time limit is invalid", "bad-spec", "a shorter max_duration: the partition allows less (sinfo -o '%P %l')"),
        ("time limit exceeds partition", "bad-spec", "a shorter max_duration: the partition allows less (sinfo -o '%P %l')"),
        ("Invalid account or account/partition", "not-permitted", "slurm.account in hub.yaml, and an account of it in Slurm (sacctmgr show assoc)"),
        ("Invalid qos", "bad-spec", "slurm.qos in hub.yaml"),
        ("Job violates accounting/QOS policy", "not-permitted", "ask for less, or ask who administers the cluster for a higher limit"),
        ("Access/permission denied", "not-permitted", "the hub's user may not do this in Slurm"),
        ("Invalid job id", "not-found", "it has left Slurm"),
        ("Unable to contact slurm controller", "unavailable", "start slurmctld, or look whether it is reached (scontrol ping)"),
        ("Unable to contact", "unavailable", "start slurmctld, or look whether it is reached (scontrol ping)"),
        ("Connection refused", "unavailable", "start slurmctld, or look whether it is reached (scontrol ping)"),
        ("Socket timed out", "unavailable", "slurmctld is slow or away (scontrol ping)"),
        ("Slurm temporarily unable to accept job", "unavailable", "the cluster has as many jobs as it takes (MaxJobCount); it is tried again"),
        ("configuration source", "unavailable", "slurm.conf in /etc/slurm, or slurm.conf in hub.yaml"),
        ("Unable to process configuration file", "unavailable", "slurm.conf in /etc/slurm, or slurm.conf in hub.yaml, is gone or cannot be read"),
        ("could not open", "unavailable", "slurm.conf in /etc/slurm, or slurm.conf in hub.yaml"),
    ];

    /// <summary>The fault that a program's words mean.</summary>
    public static EngineFault Of(string program, string said)
    {
        // Munge's own advice is about another trouble.
        said = string.Join('\n', said.Split('\n').Where(each => !each.Contains("If munged is up", StringComparison.Ordinal)));
        var line = said.Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0) ?? "it ended without a word";
        foreach (var (words, code, mend) in Known)
        {
            if (said.Contains(words, StringComparison.OrdinalIgnoreCase)) return new EngineFault(code, $"{Plain(said.Split('\n').First(each => each.Contains(words, StringComparison.OrdinalIgnoreCase)), program)}; mend: {mend}.");
        }
        return new EngineFault("start-failed", $"{Plain(line, program)}; mend: {program} by hand says more.");
    }

    private static string Plain(string line, string program) => $"Slurm: {line.Trim().Replace($"{program}: ", "", StringComparison.Ordinal).Replace("error: ", "", StringComparison.Ordinal).TrimEnd('.')}";
}
