using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Activity;

/// <summary>What the watch over machines says. Of addresses their hosts only.</summary>
internal static partial class ActivityLog
{
    [LoggerMessage(2801, LogLevel.Information, "machine {Machine} will be stopped at {Due:u}: {Reason}")]
    public static partial void Warns(ILogger log, string machine, string reason, DateTimeOffset due);

    [LoggerMessage(2802, LogLevel.Information, "machine {Machine} is stopped: {Reason}")]
    public static partial void Stops(ILogger log, string machine, string reason);

    [LoggerMessage(2803, LogLevel.Warning, "machine {Machine}: its automatic stop waits: {Obstacle}")]
    public static partial void Waits(ILogger log, string machine, string obstacle);

    [LoggerMessage(2804, LogLevel.Warning, "machine {Machine}: not all that its stop destroys could be kept: {Problem}")]
    public static partial void NotKept(ILogger log, string machine, string problem);

    [LoggerMessage(2805, LogLevel.Error, "machine {Machine}: its automatic stop has failed, and is tried again")]
    public static partial void NotStopped(ILogger log, Exception fault, string machine);

    [LoggerMessage(2806, LogLevel.Error, "machine {Machine}: what goes on in it could not be dealt with")]
    public static partial void LookFailed(ILogger log, Exception fault, string machine);

    [LoggerMessage(2807, LogLevel.Error, "what machines use could not be kept")]
    public static partial void SamplesFailed(ILogger log, Exception fault);

    [LoggerMessage(2808, LogLevel.Warning, "{Host} was not told: {Reason}")]
    public static partial void NotTold(ILogger log, string host, string reason);
}
