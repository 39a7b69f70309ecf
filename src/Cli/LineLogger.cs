using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Holdfast.Cli;

/// <summary>Writes one line an event: time, level, event id, text. Enough for a file that people read, and nothing to configure or load.</summary>
internal sealed class LineLogger(TextWriter output, TimeProvider time, LogLevel least = LogLevel.Information) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel)) return;
        var at = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var line = $"{at} {logLevel} {eventId.Id} {formatter(state, exception)}{(exception is null ? "" : $"\n{exception}")}";
        lock (output) output.WriteLine(line);
    }
}
