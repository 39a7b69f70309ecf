using Microsoft.Extensions.Logging;

namespace Holdfast.Cli.Lab;

/// <summary>The lab's log goes to stderr: warnings and worse, and what Holdfast itself has to say.</summary>
internal sealed class LineLoggerProvider : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) =>
        new LineLogger(Console.Error, TimeProvider.System, categoryName.StartsWith("Holdfast", StringComparison.Ordinal) ? LogLevel.Information : LogLevel.Warning);

    public void Dispose()
    {
    }
}
