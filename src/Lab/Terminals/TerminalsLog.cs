using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Terminals;

/// <summary>What the lab logs about terminals; never what is printed or typed there.</summary>
internal static partial class TerminalsLog
{
    [LoggerMessage(3401, LogLevel.Information, "Terminal {Name} started in {Folder}")]
    public static partial void Started(ILogger logger, string name, string folder);

    [LoggerMessage(3402, LogLevel.Warning, "A terminal did not start: {Code}")]
    public static partial void StartFailed(ILogger logger, string code);

    [LoggerMessage(3403, LogLevel.Information, "Terminal {Name} shut down: {Outcome}")]
    public static partial void ShutDown(ILogger logger, string name, string outcome);

    [LoggerMessage(3404, LogLevel.Warning, "The keeper that runs (process {ProcessId}) is older than this lab and has no terminals; 'holdfast keeper stop' and a new lab mend that")]
    public static partial void KeeperTooOld(ILogger logger, int processId);

    [LoggerMessage(3405, LogLevel.Error, "Terminal {Name}: a page's connection ends")]
    public static partial void FeedFailed(ILogger logger, string name, Exception exception);

    [LoggerMessage(3406, LogLevel.Error, "Terminal {Name}: its screen cannot be kept")]
    public static partial void ScreenFailed(ILogger logger, string name, Exception exception);
}
