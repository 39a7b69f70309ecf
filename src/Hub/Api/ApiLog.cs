using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Api;

/// <summary>What the API logs.</summary>
internal static partial class ApiLog
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Error, Message = "{Method} {Path} has failed")]
    public static partial void Failed(this ILogger log, string method, string path, Exception fault);
}
