namespace Holdfast.Hub.Jobs;

/// <summary>Jobs in words.</summary>
internal static class JobWords
{
    /// <summary>A state as the API has it.</summary>
    public static string Of(JobState state) => state == JobState.TimedOut ? "timed_out" : state.ToString().ToLowerInvariant();

    /// <summary>What has happened to a job, as the end of a sentence.</summary>
    public static string Happened(JobRecord job) => job.State switch
    {
        JobState.Running => "runs.",
        JobState.Succeeded => "has succeeded.",
        JobState.Cancelled => "was cancelled.",
        JobState.TimedOut => $"was ended. {job.Message}",
        _ => $"has failed. {job.Message}",
    };
}
