using Microsoft.Extensions.Logging;

namespace Holdfast.Cli.Lab;

/// <summary>The lab's log goes to stderr: warnings and worse; with <paramref name="verbose"/> also all that Holdfast itself has to say.</summary>
internal sealed class LineLoggerProvider(bool verbose) : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) =>
        new LineLogger(Console.Error, TimeProvider.System, verbose && categoryName.StartsWith("Holdfast", StringComparison.Ordinal) ? LogLevel.Information : LogLevel.Warning);

    public void Dispose()
    {
    }
}
