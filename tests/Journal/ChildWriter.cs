using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Holdfast.Journal.Tests;

/// <summary>This program run again as a writer in a process of its own, which can be killed. It says each number that it has flushed.</summary>
internal sealed class ChildWriter : IDisposable
{
    private const string Variable = "HOLDFAST_TEST_JOURNAL_WRITER";

    private readonly Process _process;

    public ChildWriter(string folder)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(ChildWriter).Assembly.GetName().Name!);
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        start.Environment[Variable] = folder;
        _process = Process.Start(start)!;
    }

    /// <summary>The last number that it has said.</summary>
    public long Flushed { get; private set; }

    /// <summary>Listens until it has said this number or more.</summary>
    public void ListenTo(long sequence)
    {
        while (Flushed < sequence && _process.StandardOutput.ReadLine() is { } line) Flushed = long.Parse(line, CultureInfo.InvariantCulture);
        Assert.True(Flushed >= sequence, "The writer has ended.");
    }

    /// <summary>Kills it at whatever it is doing, and hears what it said before.</summary>
    public void Kill()
    {
        _process.Kill();
        while (_process.StandardOutput.ReadLine() is { } line)
            if (long.TryParse(line, CultureInfo.InvariantCulture, out var flushed) && flushed > Flushed) Flushed = flushed;
        _process.WaitForExit();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    /// <summary>Runs before the test runner's Main, and instead of it in the child.</summary>
    [ModuleInitializer]
    internal static void WriteWhenAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { } folder) return;
        using var writer = JournalWriter.Open(folder, new JournalOptions { SegmentBytes = 300 << 10 });
        using var said = Console.OpenStandardOutput();
        var line = new byte[32];
        while (true)
        {
            Sample.Append(writer, (int)(writer.LastSequence % 7) + 1, 3000);
            if (!writer.Flush().Ok) Environment.Exit(1);
            writer.VisibleSequence.TryFormat(line, out var length, provider: CultureInfo.InvariantCulture);
            line[length++] = (byte)'\n';
            said.Write(line.AsSpan(0, length));
        }
    }
}
