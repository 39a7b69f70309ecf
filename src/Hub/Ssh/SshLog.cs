using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Ssh;

/// <summary>What ssh says.</summary>
internal static partial class SshLog
{
    [LoggerMessage(4601, LogLevel.Warning, "Nobody came into {Machine} by ssh: {Reason}")]
    public static partial void NotOpened(ILogger log, string machine, string reason);

    [LoggerMessage(4602, LogLevel.Warning, "The ssh gateway has ended: {Reason}. It is tried again in {Pause}")]
    public static partial void GatewayEnded(ILogger log, string reason, TimeSpan pause);
}
