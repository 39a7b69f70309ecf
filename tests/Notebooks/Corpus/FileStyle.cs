using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Notebooks.Tests.Corpus;

/// <summary>Spells a JSON tree in one of the styles that notebooks are found in. Independent of the library on purpose.</summary>
internal sealed record FileStyle(string? Indent, string LineBreak, string Comma, string Colon, bool Ascii, bool Sorted, string End, bool ByteOrderMark)
{
    public static FileStyle Jupyter { get; } = new(" ", "\n", ",", ": ", false, true, "\n", false);

    public static FileStyle Random(Random random)
    {
        if (random.Next(3) == 0)
            return Jupyter;
        string?[] indents = [" ", "  ", "    ", "\t", null];
        var indent = indents[random.Next(indents.Length)];
        var tight = random.Next(2) == 0;
        return new FileStyle(
            indent,
            random.Next(4) == 0 ? "\r\n" : "\n",
            indent is null ? (tight ? "," : ", ") : random.Next(5) == 0 ? ", " : ",",
            tight && indent is null ? ":" : random.Next(6) == 0 ? " : " : ": ",
            random.Next(3) == 0,
            random.Next(3) > 0,
            random.Next(3) == 0 ? "" : "\n",
            random.Next(12) == 0);
    }

    public byte[] Write(JsonNode node)
    {
        var text = new StringBuilder();
        Write(text, node, 0);
        text.Append(End);
        return [.. ByteOrderMark ? "\ufeff"u8 : [], .. Encoding.UTF8.GetBytes(text.ToString())];
    }

    private void Write(StringBuilder text, JsonNode? node, int depth)
    {
        switch (node)
        {
            case null:
                text.Append("null");
                break;
            case JsonObject members:
                var keys = members.Select(member => member.Key).ToArray();
                if (Sorted)
                    Array.Sort(keys, (a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b)));
                Items(text, '{', '}', keys, depth, key =>
                {
                    String(text, key);
                    text.Append(Colon);
                    Write(text, members[key], depth + 1);
                });
                break;
            case JsonArray items:
                Items<JsonNode?>(text, '[', ']', items, depth, item => Write(text, item, depth + 1));
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                String(text, value.GetValue<string>());
                break;
            default:
                // Raw numbers are kept as JSON elements, so that odd notations come out as they went in.
                text.Append(node.ToJsonString());
                break;
        }
    }

    private void Items<T>(StringBuilder text, char open, char close, IEnumerable<T> items, int depth, Action<T> write)
    {
        var first = true;
        text.Append(open);
        foreach (var item in items)
        {
            if (!first)
                text.Append(Comma);
            first = false;
            Break(text, depth + 1);
            write(item);
        }
        if (!first)
            Break(text, depth);
        text.Append(close);
    }

    private void Break(StringBuilder text, int depth)
    {
        if (Indent is null)
            return;
        text.Append(LineBreak);
        for (var level = 0; level < depth; level++)
            text.Append(Indent);
    }

    private void String(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var unit in value)
        {
            var escape = unit switch { '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", '\r' => "\\r", '\t' => "\\t", '\f' => "\\f", '\b' => "\\b", _ => null };
            if (escape is not null)
                text.Append(escape);
            else if (unit < 0x20 || (Ascii && unit > 0x7E))
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
            else
                text.Append(unit);
        }
        text.Append('"');
    }
}
