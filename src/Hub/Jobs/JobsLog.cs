using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Jobs;

/// <summary>What the jobs say.</summary>
internal static partial class JobsLog
{
    [LoggerMessage(2501, LogLevel.Information, "job {Job} ({Name}) runs, attempt {Attempt}")]
    public static partial void Runs(ILogger log, string job, string name, int attempt);

    [LoggerMessage(2502, LogLevel.Information, "job {Job} ({Name}) is {State}: {Reason}")]
    public static partial void Ended(ILogger log, string job, string name, JobState state, string? reason);

    [LoggerMessage(2503, LogLevel.Warning, "job {Job} ({Name}) waits: {Reason}: {Message}")]
    public static partial void Waits(ILogger log, string job, string name, string reason, string message);

    [LoggerMessage(2505, LogLevel.Warning, "what job {Name} imports was not looked at: {Why}")]
    public static partial void NoSmoke(ILogger log, string name, string why);

    [LoggerMessage(2506, LogLevel.Warning, "job {Job} ({Name}): {Message}")]
    public static partial void Requeued(ILogger log, string job, string name, string message);

    [LoggerMessage(2507, LogLevel.Warning, "job {Job}: what it has left could not be removed: {Why}")]
    public static partial void NotCleared(ILogger log, string job, string why);

    [LoggerMessage(2504, LogLevel.Error, "job {Job}: unforeseen")]
    public static partial void Unforeseen(ILogger log, Exception fault, string job);
}
