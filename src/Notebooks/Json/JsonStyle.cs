namespace Holdfast.Notebooks.Json;

/// <summary>How a file spells JSON, so that what is new in it looks like what was there.</summary>
/// <param name="LineBreak">Before each item; empty for a file on one line.</param>
/// <param name="Indent">One level of it.</param>
/// <param name="Comma">Between items, before <paramref name="LineBreak"/>, with the spaces around it.</param>
/// <param name="Colon">Between key and value, with the spaces around it.</param>
/// <param name="Ascii">Characters beyond ASCII are written as escapes.</param>
/// <param name="Sorted">Keys ascend by code point.</param>
/// <param name="Joined">Texts are single strings, not lists of lines.</param>
internal sealed record JsonStyle(
    byte[] LineBreak, byte[] Indent, byte[] Comma, byte[] Colon, bool Ascii, bool Sorted, bool Joined)
{
    /// <summary>What Jupyter writes: json.dumps(indent=1, sort_keys=True, ensure_ascii=False, separators=(",", ": ")).</summary>
    public static JsonStyle Jupyter { get; } =
        new("\n"u8.ToArray(), " "u8.ToArray(), ","u8.ToArray(), ": "u8.ToArray(), Ascii: false, Sorted: true, Joined: false);

    /// <summary>Reads the style off the outermost object, whose first keys and values the tape holds.</summary>
    public static JsonStyle Detect(JsonTape tape, bool ascii, bool sorted, bool joined)
    {
        var keys = tape.Items(0);
        if (keys.Length == 0)
            return Jupyter;
        var bytes = tape.Bytes.Span;
        var lead = bytes[(tape[0].Start + 1)..tape[keys[0]].Start];
        var colon = bytes[tape[keys[0]].End..tape[keys[0] + 1].Start].ToArray();
        var comma = keys.Length == 1 ? ","u8 : bytes[tape[keys[0] + 1].End..tape[keys[1]].Start];
        var line = lead.LastIndexOf((byte)'\n');
        if (line < 0)
            return new JsonStyle([], [], comma.ToArray(), colon, ascii, sorted, joined);
        var lineBreak = line > 0 && lead[line - 1] == '\r' ? "\r\n"u8 : "\n"u8;
        var commaEnd = comma.IndexOf(lineBreak);
        return new JsonStyle(
            lineBreak.ToArray(),
            lead[(line + 1)..].ToArray(),
            commaEnd < 0 ? ","u8.ToArray() : comma[..commaEnd].ToArray(),
            colon,
            ascii,
            sorted,
            joined);
    }

    public void Break(ByteSink sink, int depth)
    {
        sink.Write(LineBreak);
        for (var level = 0; level < depth; level++)
            sink.Write(Indent);
    }
}
