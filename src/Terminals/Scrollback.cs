using System.Buffers;

namespace Holdfast.Terminals;

/// <summary>The rows that have left the screen at its top, the oldest of which go when there are more than <paramref name="most"/>.</summary>
internal sealed class Scrollback(int most)
{
    private readonly ArrayBufferWriter<byte> _scratch = new(256);
    private byte[][] _rows = [];
    private int _first;

    public int Count { get; private set; }

    public bool IsFull => Count == most;

    /// <summary>Called with a row that goes because there are too many.</summary>
    public Action<byte[]>? Gone { get; set; }

    /// <summary>The row at this place, 0 for the oldest.</summary>
    public ReadOnlySpan<byte> this[int index] => _rows[(_first + index) % _rows.Length];

    public void Push(Row row) => Push(CompactRow.Of(row, _scratch));

    public void Push(byte[] compact)
    {
        if (most == 0)
        {
            Gone?.Invoke(compact);
            return;
        }

        if (Count == most) Gone?.Invoke(_rows[_first]);
        if (Count == _rows.Length && Count < most) Grow();
        _rows[(_first + Count) % _rows.Length] = compact;
        if (Count < most) Count++;
        else _first = (_first + 1) % _rows.Length;
    }

    /// <summary>Takes the newest row back.</summary>
    public Row Pop(int columns)
    {
        var row = CompactRow.Read(this[--Count], columns);
        row.Resize(columns);
        return row;
    }

    public void Clear() => (_rows, _first, Count) = ([], 0, 0);

    private void Grow()
    {
        var larger = new byte[Math.Min(most, Math.Max(64, _rows.Length * 2))][];
        for (var i = 0; i < Count; i++) larger[i] = _rows[(_first + i) % _rows.Length];
        (_rows, _first) = (larger, 0);
    }
}
