using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Machines;

/// <summary>What the machines say.</summary>
internal static partial class FleetLog
{
    [LoggerMessage(2001, LogLevel.Information, "machine {Machine} starts, for the {Run}. time")]
    public static partial void Starts(ILogger log, string machine, int run);

    [LoggerMessage(2002, LogLevel.Information, "machine {Machine} runs after {Milliseconds:0} ms")]
    public static partial void Runs(ILogger log, string machine, double milliseconds);

    [LoggerMessage(2003, LogLevel.Information, "machine {Machine} has stopped: {Reason}")]
    public static partial void Stopped(ILogger log, string machine, string reason);

    [LoggerMessage(2004, LogLevel.Warning, "machine {Machine} was not started: {Reason}: {Message}")]
    public static partial void Failed(ILogger log, string machine, string reason, string message);

    [LoggerMessage(2005, LogLevel.Error, "machine {Machine}: unforeseen")]
    public static partial void Unforeseen(ILogger log, Exception fault, string machine);

    [LoggerMessage(2006, LogLevel.Warning, "machine {Machine}: what it loses could not be told, or not in time")]
    public static partial void LossUnknown(ILogger log, Exception fault, string machine);
}
