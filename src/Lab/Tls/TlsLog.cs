using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Tls;

internal static partial class TlsLog
{
    [LoggerMessage(3901, LogLevel.Information, "The certificate with the SHA-256 fingerprint {Fingerprint} serves from now on, until {Until:yyyy-MM-dd}")]
    public static partial void Renewed(ILogger logger, string fingerprint, DateTime until);

    [LoggerMessage(3902, LogLevel.Warning, "The certificate stays the old one: {Problem}")]
    public static partial void NotRenewed(ILogger logger, string problem);
}
