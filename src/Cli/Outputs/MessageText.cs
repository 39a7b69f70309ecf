using System.Buffers;
using System.Text.Json;

namespace Holdfast.Cli.Outputs;

/// <summary>What a message of a kernel says in plain text. A kernel may send anything: what cannot be read is said, never thrown.</summary>
internal static class MessageText
{
    private const string NoJson = "its content is not JSON";

    /// <summary>Whether messages of this type are outputs.</summary>
    public static bool IsOutput(string messageType) => messageType is "stream" or "display_data" or "execute_result" or "update_display_data" or "error";

    /// <summary>Writes the text of an output; null when it had one, else what is wrong with it.</summary>
    public static string? Write(string messageType, ReadOnlySpan<byte> content, Stream stdout)
    {
        try
        {
            var reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = int.MaxValue });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return NoJson;
            return messageType switch
            {
                "stream" => Find(ref reader, "text"u8) && WriteTexts(ref reader, ""u8, stdout) ? null : "it has no text",
                "error" => Find(ref reader, "traceback"u8) && WriteTexts(ref reader, "\n"u8, stdout) || WriteError(content, stdout) ? null : "it has no traceback",
                _ => Find(ref reader, "data"u8) && reader.TokenType == JsonTokenType.StartObject && WriteDisplay(ref reader, stdout) ? null : "it has no data",
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name that is not UTF-8.
            return NoJson;
        }
    }

    /// <summary>Goes to the value of a member of the object that the reader is in; false when there is none.</summary>
    public static bool Find(ref Utf8JsonReader reader, ReadOnlySpan<byte> name)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found) return true;
            reader.Skip();
        }

        return false;
    }

    /// <summary>Writes a string, or the strings of an array, each with an end; false when there is none.</summary>
    public static bool WriteTexts(ref Utf8JsonReader reader, ReadOnlySpan<byte> end, Stream stdout)
    {
        var some = false;
        var array = reader.TokenType == JsonTokenType.StartArray;
        if (array) reader.Read();
        while (reader.TokenType == JsonTokenType.String)
        {
            WriteText(reader, stdout);
            stdout.Write(end);
            some = true;
            if (!array || !reader.Read()) break;
        }

        return some;
    }

    private static bool WriteError(ReadOnlySpan<byte> content, Stream stdout)
    {
        var some = false;
        foreach (var name in (ReadOnlySpan<string>)["ename", "evalue"])
        {
            var reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = int.MaxValue });
            reader.Read();
            if (!Find(ref reader, System.Text.Encoding.UTF8.GetBytes(name)) || reader.TokenType != JsonTokenType.String) continue;
            if (some) stdout.Write(": "u8);
            WriteText(reader, stdout);
            some = true;
        }

        if (some) stdout.WriteByte((byte)'\n');
        return some;
    }

    /// <summary>Writes the plain text of a display, or the names of what it has instead.</summary>
    private static bool WriteDisplay(ref Utf8JsonReader reader, Stream stdout)
    {
        var others = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var plain = reader.ValueTextEquals("text/plain"u8);
            if (!plain) others.Add(reader.GetString()!);
            reader.Read();
            if (plain && WriteTexts(ref reader, ""u8, stdout))
            {
                stdout.WriteByte((byte)'\n');
                return true;
            }

            reader.Skip();
        }

        stdout.Write(System.Text.Encoding.UTF8.GetBytes($"({string.Join(", ", others)})\n"));
        return true;
    }

    private static void WriteText(in Utf8JsonReader reader, Stream stdout)
    {
        if (!reader.ValueIsEscaped)
        {
            stdout.Write(reader.ValueSpan);
            return;
        }

        var text = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        stdout.Write(text, 0, JsonEscapes.Decode(reader.ValueSpan, text));
        ArrayPool<byte>.Shared.Return(text);
    }
}
