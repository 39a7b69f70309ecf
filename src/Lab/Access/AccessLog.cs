using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Access;

internal static partial class AccessLog
{
    [LoggerMessage(3101, LogLevel.Warning, "Refused a request to the host {Host}: this lab listens on loopback and does not answer to that name")]
    public static partial void ForeignHost(ILogger logger, string? host);

    [LoggerMessage(3102, LogLevel.Warning, "Refused {Method} {Path} with {Status}: it does not come from this lab's own page")]
    public static partial void Refused(ILogger logger, string method, string? path, int status);

    [LoggerMessage(3104, LogLevel.Information, "A browser says that a page tried what the policy forbids: {Directive}")]
    public static partial void PolicyViolated(ILogger logger, string directive);

    [LoggerMessage(3103, LogLevel.Warning, "Wrong password or token from {Address}")]
    public static partial void WrongPassword(ILogger logger, System.Net.IPAddress? address);
}
