using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Holdfast.Lab.Recording;

/// <summary>
/// Single members of message contents, read without building a tree. What is no JSON has no members, and a text with half of a surrogate pair
/// in it is none (the reader's word for it is an InvalidOperationException).
/// </summary>
internal static class MessageJson
{
    /// <summary>How JSON is written for files and pages: letters as they are.</summary>
    public static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>A member that is a whole number; null when it is not there or anything else.</summary>
    public static long? Number(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) =>
        TryFind(json, name, out var reader) && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) ? number : null;

    /// <summary>Whether a member is <c>true</c>.</summary>
    public static bool IsTrue(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) => TryFind(json, name, out var reader) && reader.TokenType == JsonTokenType.True;

    /// <summary>Whether a member is this text.</summary>
    public static bool TextIs(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text) =>
        Text(json, name) is { } found && found == Encoding.UTF8.GetString(text);

    /// <summary>A member that is a text; null when it is not there or anything else.</summary>
    public static string? Text(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) =>
        TryFind(json, name, out var reader) ? TextAt(ref reader) : null;

    /// <summary>The text that the reader stands at; null when it stands at anything else.</summary>
    public static string? TextAt(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary><c>transient.display_id</c>; null when there is none.</summary>
    public static string? DisplayId(ReadOnlySpan<byte> content)
    {
        if (!TryFind(content, "transient"u8, out var transient) || transient.TokenType != JsonTokenType.StartObject)
            return null;
        try
        {
            while (transient.Read() && transient.TokenType == JsonTokenType.PropertyName)
            {
                var isId = transient.ValueTextEquals("display_id"u8);
                transient.Read();
                if (isId && transient.TokenType == JsonTokenType.String)
                    return transient.GetString();
                transient.Skip();
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
        }
        return null;
    }

    /// <summary>The bytes of a member's value; empty when it is not there.</summary>
    public static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> json, ReadOnlySpan<byte> name)
    {
        if (!TryFind(json.Span, name, out var reader))
            return default;
        try
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            return json[start..(int)reader.BytesConsumed];
        }
        catch (JsonException)
        {
            return default;
        }
    }

    /// <summary>The members of an object, their values as slices of <paramref name="json"/>; none for what is no object.</summary>
    public static SortedDictionary<string, ReadOnlyMemory<byte>> Members(ReadOnlyMemory<byte> json) => TryMembers(json, out var members) ? members : [];

    /// <summary>The members of an object, their values as slices of <paramref name="json"/>; false for what is no object or not JSON throughout.</summary>
    public static bool TryMembers(ReadOnlyMemory<byte> json, out SortedDictionary<string, ReadOnlyMemory<byte>> members)
    {
        members = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json.Span);
        try
        {
            if (json.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                members[name] = json[start..(int)reader.BytesConsumed];
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not JSON, or a name that is no text.
            return false;
        }
        return true;
    }

    /// <summary>An object of these members.</summary>
    public static byte[] Object(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            foreach (var (name, value) in members)
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value.Span, skipInputValidation: true);
            }
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Finds a member of an object; the reader stands at its value.</summary>
    public static bool TryFind(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, out Utf8JsonReader value)
    {
        value = new Utf8JsonReader(json);
        try
        {
            if (!value.Read() || value.TokenType != JsonTokenType.StartObject)
                return false;
            while (value.Read() && value.TokenType == JsonTokenType.PropertyName)
            {
                var found = value.ValueTextEquals(name);
                value.Read();
                if (found)
                    return true;
                value.Skip();
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
        }
        return false;
    }
}
