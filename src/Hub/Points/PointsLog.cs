using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Points;

/// <summary>What environment points log.</summary>
internal static partial class PointsLog
{
    [LoggerMessage(4401, LogLevel.Debug, "Point {Id} of {Machine} ({Why}) taken in {Milliseconds:0} ms")]
    public static partial void Taken(this ILogger log, string id, string machine, PointWhy why, double milliseconds);

    [LoggerMessage(4402, LogLevel.Information, "Point {Id} of {Machine} was let go: {Reason}")]
    public static partial void LetGo(this ILogger log, string id, string machine, string reason);

    [LoggerMessage(4403, LogLevel.Warning, "No point of {Machine} could be taken")]
    public static partial void Failed(this ILogger log, string machine, Exception fault);

    [LoggerMessage(4404, LogLevel.Information, "The home of {Person} was on its way back to {Id}, and is there now")]
    public static partial void Finished(this ILogger log, string person, string id);
}
