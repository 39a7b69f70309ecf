using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Mosh;

/// <summary>What mosh says.</summary>
internal static partial class MoshLog
{
    [LoggerMessage(4701, LogLevel.Information, "mosh of {Person} into {Machine}: UDP port {Port} is open")]
    public static partial void Opened(ILogger log, string person, string machine, int port);

    [LoggerMessage(4702, LogLevel.Information, "mosh of {Person} into {Machine}: UDP port {Port} is closed: {Reason}")]
    public static partial void Closed(ILogger log, string person, string machine, int port, string reason);

    [LoggerMessage(4703, LogLevel.Error, "mosh, UDP port {Port}: unforeseen")]
    public static partial void Unforeseen(ILogger log, Exception fault, int port);
}
