using System.Buffers;
using System.Text;

namespace Holdfast.Terminals;

/// <summary>
/// What a terminal shows: fed with the bytes that programs print, it holds screen, scrollback, cursor, colours and modes as xterm.js in the page does, and
/// gives them back as a sequence that puts any xterm into the same state. Pure: no process, no file. One thread at a time.
/// </summary>
public sealed partial class TerminalScreen
{
    /// <summary>How many rows are kept that have left the screen.</summary>
    public const int DefaultScrollback = 10_000;

    private readonly int _mostScrollback;
    private readonly VtParser _parser;
    private ScreenBuffer _normal;
    private ScreenBuffer _alternate;
    private ScreenBuffer _buffer;
    private CellStyle _style;
    private Charset _charset;
    private Charset[] _charsets = new Charset[4];
    private int _level;

    /// <summary>The width of the character printed last, 0 when something else came since: what a combining character and REP refer to.</summary>
    private int _printed;

    /// <summary>An empty screen of this size.</summary>
    public TerminalScreen(int rows, int columns, int scrollback = DefaultScrollback)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 2);
        (Rows, Columns, _mostScrollback, _parser) = (rows, columns, scrollback, new VtParser(this));
        _normal = new ScreenBuffer(rows, columns, NewScrollback());
        _alternate = new ScreenBuffer(rows, columns, null);
        _buffer = _normal;
    }

    /// <summary>Rows of the screen.</summary>
    public int Rows { get; private set; }

    /// <summary>Columns of the screen.</summary>
    public int Columns { get; private set; }

    /// <summary>The title that a program has set; empty when none has.</summary>
    public string Title { get; private set; } = "";

    /// <summary>Whether a full-screen program shows itself.</summary>
    public bool IsAlternate => _buffer == _alternate;

    /// <summary>
    /// Called with each row's text when it goes for good (the scrollback is full, or somebody clears screen or scrollback), and with whether it went on from
    /// the row before. With this set, what is cleared leaves the scrollback, too.
    /// </summary>
    public Action<string, bool>? RowGone { get; set; }

    /// <summary>Takes what programs print. It may end in the middle of a sequence or of a character.</summary>
    public void Feed(ReadOnlySpan<byte> bytes) => _parser.Feed(bytes);

    /// <summary>
    /// Writes what puts an xterm into this state: reset, scrollback, screens, cursor, colours, modes, title, and at its end what is not finished.
    /// </summary>
    /// <param name="output">Where to.</param>
    /// <param name="rows">Rows of the xterm that it is for, when they are more than those of this screen; 0 for the same.</param>
    public void WriteSnapshot(IBufferWriter<byte> output, int rows = 0)
    {
        new SnapshotWriter(output).Write(State(), Math.Max(0, rows - Rows));
        _parser.WriteUnfinished(output);
    }

    /// <summary>The text of all rows, scrollback first; those that go on from the one before are joined to it.</summary>
    public IEnumerable<string> Lines()
    {
        var line = new StringBuilder();
        var first = true;
        foreach (var row in AllRows())
        {
            if (!row.Wrapped && !first)
            {
                yield return line.ToString().TrimEnd();
                line.Clear();
            }

            first = false;
            line.Append(TextOf(row));
        }

        yield return line.ToString().TrimEnd();
    }

    /// <summary>The text of the rows on the screen now, each as it stands.</summary>
    public IReadOnlyList<string> ScreenText() => [.. _buffer.Rows.Select(row => TextOf(row).TrimEnd())];

    internal IEnumerable<Row> AllRows()
    {
        if (_buffer.Scrollback is { } scrollback)
        {
            for (var i = 0; i < scrollback.Count; i++) yield return CompactRow.Read(scrollback[i], Columns);
        }

        foreach (var row in _buffer.Rows) yield return row;
    }

    internal ScreenState State() => new(
        Columns, _normal, _alternate, IsAlternate, _style, _charset, [.. _charsets], _level, _modes, Title, _printed);

    private static string TextOf(Row row)
    {
        var text = new StringBuilder();
        foreach (ref readonly var cell in row.Cells.AsSpan(0, row.UsedLength()))
        {
            if (cell.Rune != 0) text.Append(new Rune(cell.Rune).ToString()).Append(row.MarksOf(cell));
            else if (cell.Width > 0) text.Append(' ');
        }

        return text.ToString();
    }

    private void Scroll(bool wrapped = false) => _buffer.Scroll(_style.Erased(), wrapped);

    private void Say(Row row) => RowGone?.Invoke(TextOf(row), row.Wrapped);

    /// <summary>Says of all rows that they go, for one who wants to know: they are cleared.</summary>
    private void SayAll(bool screen)
    {
        if (RowGone is null || IsAlternate) return;
        var (rows, scrollback) = (_normal.Rows, _normal.Scrollback!);
        for (var i = 0; i < scrollback.Count; i++) Say(CompactRow.Read(scrollback[i], Columns));
        scrollback.Clear();
        var used = screen ? rows.Count : 0;
        while (used > 0 && rows[used - 1].UsedLength() == 0) used--;
        foreach (var row in rows.Take(used)) Say(row);
    }

    private Scrollback NewScrollback() => new(_mostScrollback) { Gone = compact => Say(CompactRow.Read(compact, Columns)) };

    private void Reset()
    {
        _parser.Reset();
        SayAll(screen: true);
        _normal = new ScreenBuffer(Rows, Columns, NewScrollback());
        _alternate = new ScreenBuffer(Rows, Columns, null);
        _buffer = _normal;
        (_style, _modes) = (default, new ScreenModes { NewLine = _modes.NewLine, HiddenCursor = _modes.HiddenCursor, CursorShape = _modes.CursorShape });
        ResetCharsets();
    }

    private void ResetCharsets() => (_charset, _charsets, _level) = (Charset.Ascii, new Charset[4], 0);
}

/// <summary>All that a snapshot holds.</summary>
internal sealed record ScreenState(
    int Columns, ScreenBuffer Normal, ScreenBuffer Alternate, bool IsAlternate, CellStyle Style, Charset Charset, Charset[] Charsets, int Level, ScreenModes Modes, string Title,
    int Printed);
