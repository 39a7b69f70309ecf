using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Kernels;

/// <summary>What the lab logs about kernels and their pages; never the content of a message.</summary>
internal static partial class KernelsLog
{
    [LoggerMessage(3101, LogLevel.Information, "Kernel {Id} ({Spec}) started in {Folder}")]
    public static partial void Started(ILogger logger, string id, string spec, string folder);

    [LoggerMessage(3102, LogLevel.Warning, "Kernel {Spec} did not start: {Code}")]
    public static partial void StartFailed(ILogger logger, string spec, string code);

    [LoggerMessage(3103, LogLevel.Warning, "Kernel not found: {Spec}")]
    public static partial void UnknownSpec(ILogger logger, string spec);

    [LoggerMessage(3104, LogLevel.Information, "Kernel {Id} shut down: {Outcome}")]
    public static partial void ShutDown(ILogger logger, string id, string outcome);

    [LoggerMessage(3111, LogLevel.Debug, "Kernel {Id}: a page reads from record {Sequence} on")]
    public static partial void PageConnected(ILogger logger, string id, long sequence);

    [LoggerMessage(3112, LogLevel.Information, "Kernel {Id}: an older connection of the same page is closed")]
    public static partial void PageReplaced(ILogger logger, string id);

    [LoggerMessage(3113, LogLevel.Warning, "Kernel {Id}: a message of a page is ignored: {Reason}")]
    public static partial void RequestIgnored(ILogger logger, string id, string? reason);

    [LoggerMessage(3114, LogLevel.Warning, "Kernel {Id}: record {Sequence} cannot be shown: {Reason}")]
    public static partial void RecordNotShown(ILogger logger, string id, long sequence, string? reason);

    [LoggerMessage(3116, LogLevel.Error, "Kernel {Id}: a page's connection ends at record {Sequence}")]
    public static partial void FeedFailed(ILogger logger, string id, long sequence, Exception exception);

    [LoggerMessage(3115, LogLevel.Warning, "{File} cannot be used ({Reason}); pages that come back start at the end of the journal")]
    public static partial void PositionsLost(ILogger logger, string file, string reason);

    [LoggerMessage(3117, LogLevel.Information, "Kernel {Id} is shut down: nobody has used it since {LastActivity}")]
    public static partial void Culled(ILogger logger, string id, DateTimeOffset lastActivity);
}
