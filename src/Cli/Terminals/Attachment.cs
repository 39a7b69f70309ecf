using System.Buffers;
using System.Runtime.InteropServices;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;

namespace Holdfast.Cli.Terminals;

/// <summary>This terminal, showing one of the keeper's.</summary>
internal sealed class Attachment(KeeperClient keeper, TerminalRecord terminal)
{
    private const byte Detach = 0x1D;
    private const string Viewer = "attach";
    private static readonly TimeSpan SizePatience = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ReadingTime = TimeSpan.FromMilliseconds(400);

    /// <summary>Leaves what a program may have switched on: the other screen, mouse, paste, keys, colours.</summary>
    private static readonly byte[] Leaving = "\e[?1049l\e[?1000l\e[?1002l\e[?1003l\e[?1004l\e[?1006l\e[?2004l\e[?1l\e>\e[!p\e[r\e[m\e[?25h\e[999;1H\r\n"u8.ToArray();

    private readonly KernelWatch _watch = keeper.WatchTerminal(terminal.Name);
    private readonly TaskCompletionSource _detached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Shows it until somebody detaches (null) or its program ends (the exit code).</summary>
    public async Task<int?> RunAsync()
    {
        using var stdout = new BufferedStream(new StandardOutput(), 64 << 10);
        using var resized = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, Resized);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        var readable = Task.Delay(ReadingTime);
        var reader = JournalReader.Open(terminal.JournalFolder);
        try
        {
            // :: 1. The screen as it is, at this size.
            var sequence = await RestoreAsync(stdout, readable);
            reader.Seek(sequence + 1);

            // :: 2. Keys, on a thread that ends with the program.
            new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();

            // :: 3. What is printed from here on.
            while (!_detached.Task.IsCompleted)
            {
                while (reader.TryRead(out var record))
                {
                    if (record.Kind == TerminalRecordKind.Output) stdout.Write(record.Payload.Span);
                    sequence = record.Sequence;
                }

                stdout.Flush();
                var moved = _watch.WaitAsync(sequence, CancellationToken.None).AsTask();
                if (await Task.WhenAny(moved, _detached.Task) == moved && await moved < 0) break;
            }

            return _detached.Task.IsCompleted ? null : TerminalArchive.Find(keeper.Home, terminal.Name) is { ExitCode: { } code } ended && ended.Started == terminal.Started ? code : 1;
        }
        finally
        {
            stdout.Write(Leaving);
            stdout.Flush();
            reader.Dispose();
        }

        void Resized(PosixSignalContext signal) => _ = SayAsync();

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            _detached.TrySetResult();
        }
    }

    private async Task<long> RestoreAsync(BufferedStream stdout, Task readable)
    {
        var fitted = await SayAsync();
        using var screen = new RecordedScreen(terminal);
        using var limit = new CancellationTokenSource(SizePatience);
        try
        {
            while (screen.CatchUp() || fitted is { } size && (screen.Screen.Rows, screen.Screen.Columns) != (size.Rows, size.Columns))
            {
                if (await _watch.WaitAsync(screen.Sequence, limit.Token) < 0) break;
            }
        }
        catch (OperationCanceledException)
        {
            // The program has another size than this terminal: somebody else looks at it, too.
        }

        screen.Save();
        await readable;
        var output = new ArrayBufferWriter<byte>();
        screen.Screen.WriteSnapshot(output, RawTerminal.Size()?.Rows ?? 0);
        // Not the whole reset that it begins with: what this terminal has scrolled stays.
        stdout.Write("\e[!p\e[m\e[999;1H\r\n\e[H\e[2J"u8);
        stdout.Write(output.WrittenSpan[2..]);
        stdout.Flush();
        return screen.Sequence;
    }

    private async Task<TerminalSize?> SayAsync()
    {
        if (RawTerminal.Size() is not { } size) return null;
        var reply = await keeper.ViewTerminalAsync(terminal.Name, Viewer, size, CancellationToken.None);
        return reply.Value?.Size;
    }

    private void ReadKeys()
    {
        var keys = new byte[4096];
        while (RawTerminal.Read(keys) is > 0 and var count)
        {
            var typed = keys.AsSpan(0, count);
            var detach = typed.IndexOf(Detach);
            if (detach >= 0) typed = typed[..detach];
            // A program that does not take what is typed makes the keys wait, not what it prints.
            if (!typed.IsEmpty) keeper.TypeAsync(terminal.Name, typed.ToArray(), CancellationToken.None).AsTask().Wait();
            if (detach >= 0) break;
        }

        _detached.TrySetResult();
    }
}
