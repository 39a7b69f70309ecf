using System.Buffers.Binary;
using System.Text;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Terminals;

namespace Holdfast.Keeper.Client;

/// <summary>
/// A terminal's screen, made from its journal. Whoever reads far leaves a snapshot beside it (<c>screen.bin</c>), so that the next one need not begin at
/// the journal's start. Not safe for concurrent calls.
/// </summary>
public sealed class RecordedScreen : IDisposable
{
    /// <summary>After so many bytes of output a snapshot is left.</summary>
    private const long SnapshotEvery = 8 << 20;

    private readonly TerminalRecord _terminal;
    private readonly JournalReader _reader;
    private int _damages;
    private long _snapshotAt;

    /// <summary>The screen as the newest snapshot has it, or an empty one; <see cref="CatchUp"/> goes on from there.</summary>
    public RecordedScreen(TerminalRecord terminal)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        _terminal = terminal;
        _reader = JournalReader.Open(terminal.JournalFolder);
        if (ScreenFile.Read(terminal) is { } file)
        {
            Screen = file.Screen;
            Sequence = file.Sequence;
            _reader.Seek(file.Sequence + 1);
        }
        else
        {
            Screen = new TerminalScreen(TerminalSize.Default.Rows, TerminalSize.Default.Columns);
        }
    }

    /// <summary>The screen after the record <see cref="Sequence"/>.</summary>
    public TerminalScreen Screen { get; }

    /// <summary>Number of the last record that the screen shows; 0 for none.</summary>
    public long Sequence { get; private set; }

    /// <summary>Where that record stands; null when none was read yet.</summary>
    public JournalPlace? Place { get; private set; }

    /// <summary>How many bytes of output were read here.</summary>
    public long Bytes { get; private set; }

    /// <summary>Reads on, at most about <paramref name="bytes"/> of output; false when the end of the journal is reached for now.</summary>
    public bool CatchUp(long bytes = long.MaxValue)
    {
        for (var left = bytes; left > 0;)
        {
            if (!_reader.TryRead(out var record)) return false;
            SayDamage();
            Apply(Screen, record);
            (Sequence, Place) = (record.Sequence, _reader.Place);
            if (record.Kind != TerminalRecordKind.Output) continue;
            left -= record.Payload.Length;
            Bytes += record.Payload.Length;
            if (Bytes - _snapshotAt >= SnapshotEvery) Save();
        }

        return true;
    }

    /// <summary>Leaves a snapshot. That it cannot be written costs only the next one time.</summary>
    public void Save()
    {
        _snapshotAt = Bytes;
        if (Sequence > 0) ScreenFile.TryWrite(_terminal, Screen, Sequence);
    }

    /// <summary>Puts one record of a terminal's journal onto a screen.</summary>
    public static void Apply(TerminalScreen screen, in JournalRecord record)
    {
        ArgumentNullException.ThrowIfNull(screen);
        if (record.Kind == TerminalRecordKind.Output) screen.Feed(record.Payload.Span);
        else if (record.Kind == TerminalRecordKind.Resize && SizeOf(record) is var size) screen.Resize(size.Rows, size.Columns);
    }

    /// <inheritdoc />
    public void Dispose() => _reader.Dispose();

    private static TerminalSize SizeOf(in JournalRecord record) => record.Payload.Length < 4 ? TerminalSize.Default : TerminalSize.Of(
        BinaryPrimitives.ReadUInt16LittleEndian(record.Payload.Span), BinaryPrimitives.ReadUInt16LittleEndian(record.Payload.Span[2..]));

    /// <summary>What is missing is said where it is missing.</summary>
    private void SayDamage()
    {
        for (; _damages < _reader.Damage.Count; _damages++)
        {
            Screen.Feed(Encoding.UTF8.GetBytes($"\x18\e[m\r\n[Missing here: {_reader.Damage[_damages].Reason}]\r\n"));
        }
    }
}
