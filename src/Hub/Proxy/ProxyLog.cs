using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Proxy;

internal static partial class ProxyLog
{
    [LoggerMessage(4201, LogLevel.Warning, "{Machine} (port {Port}) does not answer: {Reason}")]
    public static partial void NoAnswer(ILogger logger, string machine, int? port, string reason);

    [LoggerMessage(4202, LogLevel.Warning, "{Machine} broke off in the middle of an answer: {Reason}")]
    public static partial void BrokeOff(ILogger logger, string machine, string reason);

    [LoggerMessage(4203, LogLevel.Warning, "Refused {Method} to {Machine}: it comes from another site's page")]
    public static partial void Forged(ILogger logger, string method, string machine);
}
