using System.Buffers;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;

namespace Holdfast.Lab.Terminals;

/// <summary>One terminal's screen, which follows its journal. Safe for concurrent calls.</summary>
internal sealed class LiveScreen(TerminalRecord terminal, KernelWatch watch)
{
    /// <summary>How much is put onto the screen at a time: pages that want a snapshot wait for it.</summary>
    private const long AtOnce = 1 << 20;

    private readonly Lock _gate = new();
    private readonly RecordedScreen _screen = new(terminal);
    private readonly TaskCompletionSource _current = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytes;

    /// <summary>Completes when the screen has come up to the journal's end once.</summary>
    public Task Current => _current.Task;

    /// <summary>How many bytes of output have come onto the screen here.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Its size now.</summary>
    public TerminalSize Size
    {
        get
        {
            lock (_gate)
                return new TerminalSize(_screen.Screen.Rows, _screen.Screen.Columns);
        }
    }

    /// <summary>The text of its rows now.</summary>
    public IReadOnlyList<string> Text()
    {
        lock (_gate)
            return _screen.Screen.ScreenText();
    }

    /// <summary>What makes the screen as it is now, for a page with so many rows (0 for as many as it has).</summary>
    public ScreenMoment Take(int rows)
    {
        var output = new ArrayBufferWriter<byte>(16 << 10);
        lock (_gate)
        {
            _screen.Screen.WriteSnapshot(output, rows);
            return new ScreenMoment(output.WrittenMemory, _screen.Sequence, _screen.Place, _bytes);
        }
    }

    /// <summary>Follows the terminal until it has ended; leaves a snapshot then.</summary>
    public async Task FollowAsync()
    {
        // The first page must not wait in its own request.
        await Task.Yield();
        try
        {
            while (true)
            {
                while (Advance())
                {
                }
                _current.TrySetResult();
                if (await watch.WaitAsync(_screen.Sequence, CancellationToken.None) < 0)
                    break;
            }
            while (Advance())
            {
            }
            _screen.Save();
        }
        finally
        {
            _current.TrySetResult();
            lock (_gate)
                _screen.Dispose();
        }
    }

    private bool Advance()
    {
        lock (_gate)
        {
            var more = _screen.CatchUp(AtOnce);
            Volatile.Write(ref _bytes, _screen.Bytes);
            return more;
        }
    }
}

/// <summary>A screen at one moment.</summary>
/// <param name="Snapshot">What makes it.</param>
/// <param name="Sequence">Number of the last record it shows.</param>
/// <param name="Place">Where that record stands, if known.</param>
/// <param name="Bytes">See <see cref="LiveScreen.Bytes"/>.</param>
internal sealed record ScreenMoment(ReadOnlyMemory<byte> Snapshot, long Sequence, JournalPlace? Place, long Bytes);
