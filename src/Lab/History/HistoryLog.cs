using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.History;

internal static partial class HistoryLog
{
    [LoggerMessage(3701, LogLevel.Warning, "The history of {Path} cannot be kept right now ({Reason}); it is tried again. Saves are not touched by that.")]
    public static partial void CannotKeep(ILogger logger, string path, string reason);

    [LoggerMessage(3702, LogLevel.Information, "The history of notebooks is kept again")]
    public static partial void KeptAgain(ILogger logger);

    [LoggerMessage(3703, LogLevel.Warning, "A version of {Path} is not kept: {Reason}")]
    public static partial void NotKept(ILogger logger, string path, string reason);

    [LoggerMessage(3704, LogLevel.Information, "{Count} old versions of notebooks were let go")]
    public static partial void Thinned(ILogger logger, int count);

    [LoggerMessage(3705, LogLevel.Warning, "{Problem}")]
    public static partial void WrongLimit(ILogger logger, string problem);
}
