using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Sessions;

/// <summary>What the lab logs about sessions.</summary>
internal static partial class SessionsLog
{
    [LoggerMessage(3201, LogLevel.Information, "Session {Id}: {Path} on kernel {Kernel}")]
    public static partial void Created(ILogger logger, string id, string path, string kernel);

    [LoggerMessage(3202, LogLevel.Information, "Session {Id} moved from kernel {Old} to {New}")]
    public static partial void KernelChanged(ILogger logger, string id, string old, string @new);
}
