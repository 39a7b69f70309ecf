using System.Buffers;
using System.Buffers.Text;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Model;

/// <summary>A cell of version 2 or 3, loaded on a tape of its own.</summary>
internal sealed class OldCell(JsonTape tape, int major)
{
    private readonly int _type = tape.Find(0, "cell_type"u8);

    public bool IsCode => tape.IsString(_type, "code"u8);

    /// <summary>The type that it has in version 4: headings and html become markdown.</summary>
    public string Type => IsHeading || tape.IsString(_type, "html"u8) ? "markdown" : _type < 0 ? "" : JsonText.ToString(tape, _type);

    private bool IsHeading => tape.IsString(_type, "heading"u8);

    /// <summary>Whether version 4 has another key, or none, for this one.</summary>
    public bool IsReplaced(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("cell_type"u8) || name.SequenceEqual("metadata"u8) || name.SequenceEqual("source"u8)
            || name.SequenceEqual("id"u8) || name.SequenceEqual("trusted"u8))
            return true;
        if (IsHeading)
            return name.SequenceEqual("level"u8);
        return IsCode && (name.SequenceEqual("input"u8) || name.SequenceEqual("prompt_number"u8) || name.SequenceEqual("outputs"u8)
            || name.SequenceEqual("collapsed"u8) || name.SequenceEqual("language"u8) || name.SequenceEqual("execution_count"u8));
    }

    /// <summary>
    /// What stands between the items of a list that is one text. Version 2 stored lines without their ends, and so did early
    /// version 3: its first line tells which it is.
    /// </summary>
    public static ReadOnlySpan<byte> Between(JsonTape tape, int array, int major)
    {
        if (major >= 3 && tape[array].Next > array + 1)
        {
            var line = tape.Name(array + 1);
            if (line.EndsWith("\n"u8) || line.EndsWith("\r"u8))
                return [];
        }
        return "\\n"u8;
    }

    /// <summary>The source as one JSON string.</summary>
    public byte[] Source()
    {
        var node = tape.Find(0, IsCode ? "input"u8 : "source"u8);
        if (node < 0)
            return IsHeading ? Heading("") : "\"\""u8.ToArray();
        if (!JsonText.Is(tape, node))
            return tape.Raw(node).ToArray();
        var text = new ArrayBufferWriter<byte>();
        var sink = new ByteSink(bytes => text.Write(bytes));
        if (tape[node].Kind == JsonKind.Array)
            new ModelWriter(sink).WriteJoined(tape, node, Between(tape, node, major));
        else
            sink.Write(tape.Raw(node));
        sink.Flush();
        return IsHeading ? Heading(JsonText.ToString(new JsonTape().Load(text.WrittenMemory), 0)) : text.WrittenSpan.ToArray();
    }

    private byte[] Heading(string source)
    {
        var node = tape.Find(0, "level"u8);
        if (node < 0 || !Utf8Parser.TryParse(tape.Raw(node), out int level, out _))
            level = 1;
        return JsonStrings.Quote(new string('#', Math.Clamp(level, 0, 100)) + " " + string.Join(' ', PythonLines.Of(source)));
    }
}
