using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Runs;

/// <summary>What the lab logs about runs; of addresses their hosts only.</summary>
internal static partial class RunsLog
{
    [LoggerMessage(3801, LogLevel.Warning, "{Host} was not told that a run has ended: {Reason}")]
    public static partial void NotTold(ILogger logger, string host, string reason);

    [LoggerMessage(3802, LogLevel.Warning, "Who is to be told of runs cannot be kept: {Reason}")]
    public static partial void NotKept(ILogger logger, string reason);
}
