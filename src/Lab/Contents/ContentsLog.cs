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

    [LoggerMessage(3206, LogLevel.Information, "Trusting notebook {Path}")]
    public static partial void Trusting(ILogger logger, string path);

    [LoggerMessage(3207, LogLevel.Warning, "Trust of notebooks: {Problem}")]
    public static partial void TrustProblem(ILogger logger, string problem);

    [LoggerMessage(3204, LogLevel.Information, "Deleted {Path}")]
    public static partial void Deleted(ILogger logger, string path);
}
