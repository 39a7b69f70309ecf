using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Holdfast.Terminals;

/// <summary>
/// A row that has left the screen, in a few bytes: a flag, then characters in UTF-8 with control bytes between them: 0 and a byte is so many
/// empty places, 1 and ten bytes a style, 2 a character without a width of its own, 3 the length and the combining characters of the one before.
/// </summary>
internal static class CompactRow
{
    private const byte Nothing = 0, Style = 1, Widthless = 2, Marks = 3;
    private const int StyleBytes = 10;

    public static byte[] Of(Row row, ArrayBufferWriter<byte> scratch)
    {
        scratch.ResetWrittenCount();
        Put(scratch, row.Wrapped ? (byte)1 : (byte)0);
        var style = default(CellStyle);
        var used = row.UsedLength();
        var nothing = 0;
        for (var column = 0; column < used; column++)
        {
            ref readonly var cell = ref row.Cells[column];
            if (cell.Style != style)
            {
                nothing = PutNothing(scratch, nothing);
                PutStyle(scratch, style = cell.Style);
            }

            if (cell.Rune == 0)
            {
                nothing++;
                continue;
            }

            nothing = PutNothing(scratch, nothing);
            if (cell.Width == 0) Put(scratch, Widthless);
            scratch.Advance(new Rune(cell.Rune).EncodeToUtf8(scratch.GetSpan(4)));
            if (cell.Marks != 0)
            {
                var marks = Encoding.UTF8.GetBytes(row.MarksOf(cell));
                Put(scratch, Marks);
                Put(scratch, (byte)marks.Length);
                scratch.Write(marks);
            }

            // The place behind it is known by its width.
            if (cell.Width == 2) column++;
        }

        PutNothing(scratch, nothing);
        return scratch.WrittenSpan.ToArray();
    }

    /// <summary>Whether it goes on from the row before it.</summary>
    public static bool IsWrapped(ReadOnlySpan<byte> compact) => compact[0] == 1;

    /// <summary>Whether it surely fits into this many columns: every place takes a byte at least, but for empty ones.</summary>
    public static bool Fits(ReadOnlySpan<byte> compact, int columns) => compact.Length - 1 <= columns && compact[1..].IndexOf(Nothing) < 0;

    /// <summary>Puts it back into a row, which is as long as it must be, at least <paramref name="columns"/>.</summary>
    public static Row Read(ReadOnlySpan<byte> compact, int columns)
    {
        var row = new Row(columns, default) { Wrapped = IsWrapped(compact) };
        var style = default(CellStyle);
        var column = 0;
        for (var at = 1; at < compact.Length;)
        {
            switch (compact[at])
            {
                case Nothing:
                    for (var more = compact[at + 1]; more > 0; more--) Next(new Cell { Style = style, Width = 1 });
                    at += 2;
                    continue;
                case Style:
                    style = new CellStyle(BinaryPrimitives.ReadUInt32LittleEndian(compact[(at + 1)..]), BinaryPrimitives.ReadUInt32LittleEndian(compact[(at + 5)..]),
                        (CellEffects)BinaryPrimitives.ReadUInt16LittleEndian(compact[(at + 9)..]));
                    at += 1 + StyleBytes;
                    continue;
                case Marks:
                    row.Mark(row.Cells[column - 1].IsBehindWide ? column - 2 : column - 1, Encoding.UTF8.GetString(compact.Slice(at + 2, compact[at + 1])));
                    at += 2 + compact[at + 1];
                    continue;
            }

            var widthless = compact[at] == Widthless;
            if (widthless) at++;
            Rune.DecodeFromUtf8(compact[at..], out var rune, out var length);
            at += length;
            var width = widthless ? 0 : CharacterWidth.Of(rune.Value);
            Next(new Cell { Rune = rune.Value, Style = style, Width = (byte)width });
            if (width == 2) Next(new Cell { Style = style });
        }

        return row;

        void Next(Cell cell)
        {
            if (column == row.Length) row.Resize(column + 1);
            row.Cells[column++] = cell;
        }
    }

    private static void Put(ArrayBufferWriter<byte> scratch, byte value)
    {
        scratch.GetSpan(1)[0] = value;
        scratch.Advance(1);
    }

    private static int PutNothing(ArrayBufferWriter<byte> scratch, int count)
    {
        for (; count > 0; count -= byte.MaxValue)
        {
            Put(scratch, Nothing);
            Put(scratch, (byte)Math.Min(count, byte.MaxValue));
        }

        return 0;
    }

    private static void PutStyle(ArrayBufferWriter<byte> scratch, CellStyle style)
    {
        var span = scratch.GetSpan(1 + StyleBytes);
        span[0] = Style;
        BinaryPrimitives.WriteUInt32LittleEndian(span[1..], style.Foreground);
        BinaryPrimitives.WriteUInt32LittleEndian(span[5..], style.Background);
        BinaryPrimitives.WriteUInt16LittleEndian(span[9..], (ushort)style.Effects);
        scratch.Advance(1 + StyleBytes);
    }
}
