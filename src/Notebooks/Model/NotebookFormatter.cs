using System.Buffers;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Model;

/// <summary>Writes values of a notebook anew in a style, texts split as nbformat does.</summary>
internal sealed class NotebookFormatter(ByteSink sink, JsonStyle style)
{
    // str.splitlines: \n \r \v \f \x1c \x1d \x1e, U+0085, U+2028 and U+2029.
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\n\r\v\f\x1c\x1d\x1e\u00c2\u00e2".Select(unit => (byte)unit).ToArray());

    public void Write(JsonTape tape, int node, int depth, Role role)
    {
        switch (tape[node].Kind)
        {
            case JsonKind.Object:
                WriteObject(tape, node, depth, Roles.Of(tape, node, role));
                break;
            case JsonKind.Array:
                WriteArray(tape, node, depth, Roles.OfItem(role));
                break;
            case JsonKind.String when role == Role.Lines && !style.Joined:
                WriteLines(new JsonText(tape, node), depth);
                break;
            case JsonKind.String:
                WriteString(new JsonText(tape, node));
                break;
            case JsonKind.Number:
                JsonNumbers.Write(sink, tape.Raw(node));
                break;
            default:
                sink.Write(tape.Raw(node));
                break;
        }
    }

    public void WriteString(JsonText text)
    {
        sink.Write((byte)'"');
        while (text.Read(out var piece))
            JsonStrings.Write(sink, piece, style.Ascii);
        sink.Write((byte)'"');
    }

    public void WriteKey(JsonTape tape, int key)
    {
        WriteString(new JsonText(tape, key));
        sink.Write(style.Colon);
    }

    private void WriteObject(JsonTape tape, int node, int depth, Role role)
    {
        var first = true;
        sink.Write((byte)'{');
        foreach (var key in style.Sorted ? tape.SortedKeys(node) : tape.Items(node))
        {
            var name = tape.Name(key);
            if (Roles.Drops(role, name))
                continue;
            Separate(ref first, depth + 1);
            WriteKey(tape, key);
            Write(tape, key + 1, depth + 1, Roles.OfMember(role, name));
        }
        if (!first)
            style.Break(sink, depth);
        sink.Write((byte)'}');
    }

    private void WriteArray(JsonTape tape, int node, int depth, Role item)
    {
        var first = true;
        sink.Write((byte)'[');
        for (var next = node + 1; next < tape[node].Next; next = tape[next].Next)
        {
            Separate(ref first, depth + 1);
            Write(tape, next, depth + 1, item);
        }
        if (!first)
            style.Break(sink, depth);
        sink.Write((byte)']');
    }

    private void WriteLines(JsonText text, int depth)
    {
        var first = true;
        var inLine = false;
        var afterReturn = false;
        sink.Write((byte)'[');
        while (text.Read(out var piece))
        {
            while (!piece.IsEmpty)
            {
                if (inLine && afterReturn && piece[0] != '\n')
                    EndLine(ref inLine);
                if (!inLine)
                {
                    Separate(ref first, depth + 1);
                    sink.Write((byte)'"');
                    inLine = true;
                }
                var length = LineLength(piece, out var ended);
                afterReturn = piece[length - 1] == '\r';
                JsonStrings.Write(sink, piece[..length], style.Ascii);
                piece = piece[length..];
                if (ended && !afterReturn)
                    EndLine(ref inLine);
            }
        }
        if (inLine)
            EndLine(ref inLine);
        if (!first)
            style.Break(sink, depth);
        sink.Write((byte)']');
    }

    private void EndLine(ref bool inLine)
    {
        sink.Write((byte)'"');
        inLine = false;
    }

    /// <summary>Bytes up to and with the first line end; after \r the caller looks whether \n follows.</summary>
    private static int LineLength(ReadOnlySpan<byte> text, out bool ended)
    {
        ended = true;
        for (var at = 0; ; at++)
        {
            var next = text[at..].IndexOfAny(LineEnds);
            if (next < 0)
                break;
            at += next;
            var end = text[at] switch
            {
                0xC2 => text[at + 1] == 0x85 ? 2 : 0,
                0xE2 => text[at + 1] == 0x80 && text[at + 2] is 0xA8 or 0xA9 ? 3 : 0,
                _ => 1,
            };
            if (end > 0)
                return at + end;
        }
        ended = false;
        return text.Length;
    }

    private void Separate(ref bool first, int depth)
    {
        if (!first)
            sink.Write(style.Comma);
        first = false;
        style.Break(sink, depth);
    }
}
