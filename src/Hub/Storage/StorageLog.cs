using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Storage;

/// <summary>What the volumes say.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(4301, LogLevel.Warning, "The quota of {Folder} stays soft: {Reason}")]
    public static partial void QuotaStaysSoft(ILogger log, string folder, string reason);
}
