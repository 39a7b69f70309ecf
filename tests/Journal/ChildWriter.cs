using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Holdfast.Journal.Tests;

/// <summary>This program run again as a writer in a process of its own, which can be killed. It says each number that it has flushed.</summary>
internal sealed class ChildWriter : IDisposable
{
    private const string Variable = "HOLDFAST_TEST_JOURNAL_WRITER";

    private readonly Process _process;

    /// <summary>Starts it; with <paramref name="fileBlocks"/> its files can have at most that many blocks of 512 bytes.</summary>
    public ChildWriter(string folder, int? fileBlocks = null)
    {
        var program = Path.Combine(AppContext.BaseDirectory, typeof(ChildWriter).Assembly.GetName().Name!);
        var start = fileBlocks is null ? new ProcessStartInfo(program)
            : new ProcessStartInfo("/bin/sh", ["-c", $"ulimit -f {fileBlocks}; exec \"$0\"", program]);
        start.RedirectStandardOutput = true;
        start.Environment[Variable] = folder;
        // The runtime maps its code through a large file otherwise, which the limit forbids.
        if (fileBlocks is not null) start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        _process = Process.Start(start)!;
    }

    /// <summary>Listens to its end and answers its exit code: 3 when a flush told that the disk is full.</summary>
    public int ListenToEnd()
    {
        HearRest();
        return _process.ExitCode;
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
        HearRest();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private void HearRest()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
            if (long.TryParse(line, CultureInfo.InvariantCulture, out var flushed) && flushed > Flushed) Flushed = flushed;
        _process.WaitForExit();
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
            if (writer.Flush() is { Ok: false } failure) Environment.Exit(failure.DiskFull ? 3 : 4);
            writer.VisibleSequence.TryFormat(line, out var length, provider: CultureInfo.InvariantCulture);
            line[length++] = (byte)'\n';
            said.Write(line.AsSpan(0, length));
        }
    }
}
