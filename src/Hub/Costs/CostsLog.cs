using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Costs;

/// <summary>What the costs say.</summary>
internal static partial class CostsLog
{
    [LoggerMessage(4301, LogLevel.Warning, "whether machine {Machine} runs could not be told")]
    public static partial void Unseen(ILogger log, Exception fault, string machine);

    [LoggerMessage(4302, LogLevel.Error, "the costs could not be kept up; they are in a minute")]
    public static partial void NotKeptUp(ILogger log, Exception fault);
}
