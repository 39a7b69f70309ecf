namespace Holdfast.Terminals;

/// <summary>One place of the screen.</summary>
internal struct Cell
{
    /// <summary>The character; 0 where nothing was written, which is not the same as a space.</summary>
    public int Rune;
    public CellStyle Style;

    /// <summary>1 and more: the row's <see cref="Row.MarksOf"/> go with the character.</summary>
    public ushort Marks;

    /// <summary>2 for a wide character, 0 for the place behind it, else 1.</summary>
    public byte Width;

    public static Cell Empty(CellStyle style) => new() { Style = style, Width = 1 };

    public readonly bool IsBehindWide => Width == 0 && Rune == 0;
}

/// <summary>A row of cells. What would cut a wide character in two leaves two empty places.</summary>
internal sealed class Row
{
    /// <summary>More combining characters than this are dropped, or one place could hold any amount of memory.</summary>
    private const int MostMarks = 16;

    private List<string>? _marks;

    public Row(int columns, CellStyle style) => Cells = Filled(columns, style);

    public Cell[] Cells { get; private set; }

    /// <summary>Whether it goes on from the row above it, which was full.</summary>
    public bool Wrapped { get; set; }

    public int Length => Cells.Length;

    /// <summary>The combining characters of a cell; empty when it has none.</summary>
    public string MarksOf(in Cell cell) => cell.Marks == 0 ? "" : _marks![cell.Marks - 1];

    public void Clear(CellStyle style)
    {
        Cells.AsSpan().Fill(Cell.Empty(style));
        _marks = null;
        Wrapped = false;
    }

    /// <summary>Adds a combining character to the one that stands there.</summary>
    public void Mark(int column, string marks)
    {
        ref var cell = ref Cells[column];
        if (cell.Rune == 0) return;
        var all = MarksOf(cell) + marks;
        if (all.Length > MostMarks) return;
        if (_marks is { } list && list.Count > 2 * Length + MostMarks) Compact(list);
        (_marks ??= []).Add(all);
        Cells[column].Marks = (ushort)_marks.Count;
    }

    /// <summary>Empties a place; of the style only the background stays.</summary>
    public void Empty(int column, CellStyle style) => Cells[column] = Cell.Empty(style.Erased());

    /// <summary>Moves what is at <paramref name="at"/> and behind it to the right.</summary>
    public void Insert(int at, int count, CellStyle style)
    {
        if (at >= Length) return;
        if (at > 0 && Cells[at - 1].Width == 2) Empty(at - 1, style);
        count = Math.Min(count, Length - at);
        Cells.AsSpan(at, Length - at - count).CopyTo(Cells.AsSpan(at + count));
        Cells.AsSpan(at, count).Fill(Cell.Empty(style));
        if (at + count < Length && Cells[at + count].IsBehindWide) Empty(at + count, style);
        if (Cells[^1].Width == 2) Empty(Length - 1, style);
    }

    /// <summary>Takes places away; what is behind them moves to the left.</summary>
    public void Delete(int at, int count, CellStyle style)
    {
        if (at >= Length) return;
        count = Math.Min(count, Length - at);
        Cells.AsSpan(at + count).CopyTo(Cells.AsSpan(at));
        Cells.AsSpan(Length - count).Fill(Cell.Empty(style));
        if (at > 0 && Cells[at - 1].Width == 2) Empty(at - 1, style);
        if (Cells[at].IsBehindWide) Empty(at, style);
    }

    public void Erase(int start, int end, CellStyle style)
    {
        end = Math.Min(end, Length);
        if (start >= end) return;
        if (start > 0 && Cells[start - 1].Width == 2) Empty(start - 1, style);
        if (end < Length && Cells[end - 1].Width == 2) Empty(end, style);
        Cells.AsSpan(start, end - start).Fill(Cell.Empty(style));
    }

    /// <summary>Makes it longer or shorter; a wide character at the cut goes.</summary>
    public void Resize(int columns)
    {
        if (columns == Length) return;
        var cells = Filled(columns, default);
        Cells.AsSpan(0, Math.Min(columns, Length)).CopyTo(cells);
        Cells = cells;
        if (Cells[^1].Width == 2) Empty(columns - 1, Cells[^1].Style);
    }

    /// <summary>Where the last place is that differs from one that was never written, and one more.</summary>
    public int UsedLength()
    {
        var length = Length;
        while (length > 0 && Cells[length - 1] is { Rune: 0, Width: 1, Style: { Foreground: 0, Background: 0, Effects: CellEffects.None } }) length--;
        return length;
    }

    private static Cell[] Filled(int columns, CellStyle style)
    {
        var cells = new Cell[columns];
        cells.AsSpan().Fill(Cell.Empty(style));
        return cells;
    }

    private void Compact(List<string> list)
    {
        var kept = new List<string>();
        foreach (ref var cell in Cells.AsSpan())
        {
            if (cell.Marks == 0) continue;
            kept.Add(list[cell.Marks - 1]);
            cell.Marks = (ushort)kept.Count;
        }

        _marks = kept;
    }
}
