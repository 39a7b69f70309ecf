using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Contents;

internal static partial class ContentsLog
{
    [LoggerMessage(3201, LogLevel.Information, "Saving {Path}")]
    public static partial void Saving(ILogger logger, string path);

    [LoggerMessage(3202, LogLevel.Information, "Copied {From} to {To}")]
    public static partial void Copied(ILogger logger, string from, string to);

    [LoggerMessage(3203, LogLevel.Information, "Renamed {From} to {To}")]
    public static partial void Renamed(ILogger logger, string from, string to);

    [LoggerMessage(3205, LogLevel.Warning, "{Path} was saved over something that is not a notebook ({Fault}); what was there is kept as {Kept}")]
    public static partial void KeptDamaged(ILogger logger, string path, string fault, string kept);

    [LoggerMessage(3204, LogLevel.Information, "Deleted {Path}")]
    public static partial void Deleted(ILogger logger, string path);
}
