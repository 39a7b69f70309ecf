using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Http;

internal static partial class HttpLog
{
    [LoggerMessage(3001, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void Unhandled(ILogger logger, string method, string? path, Exception fault);
}
