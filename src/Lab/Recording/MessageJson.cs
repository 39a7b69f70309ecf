using System.Text.Json;

namespace Holdfast.Lab.Recording;

/// <summary>Single members of message contents, read without building a tree. What is no JSON has no members.</summary>
internal static class MessageJson
{
    /// <summary>A member that is a whole number; null when it is not there or anything else.</summary>
    public static long? Number(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) =>
        TryFind(json, name, out var reader) && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number) ? number : null;

    /// <summary>Whether a member is <c>true</c>.</summary>
    public static bool IsTrue(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name) => TryFind(json, name, out var reader) && reader.TokenType == JsonTokenType.True;

    /// <summary>Whether a member is this text.</summary>
    public static bool TextIs(ReadOnlySpan<byte> json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text) =>
        TryFind(json, name, out var reader) && reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(text);

    /// <summary><c>transient.display_id</c>; null when there is none.</summary>
    public static string? DisplayId(ReadOnlySpan<byte> content)
    {
        if (!TryFind(content, "transient"u8, out var transient) || transient.TokenType != JsonTokenType.StartObject)
            return null;
        while (transient.Read() && transient.TokenType == JsonTokenType.PropertyName)
        {
            var isId = transient.ValueTextEquals("display_id"u8);
            transient.Read();
            if (isId && transient.TokenType == JsonTokenType.String)
                return transient.GetString();
            transient.Skip();
        }
        return null;
    }

    /// <summary>The bytes of a member's value; empty when it is not there.</summary>
    public static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> json, ReadOnlySpan<byte> name)
    {
        if (!TryFind(json.Span, name, out var reader))
            return default;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
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
        catch (JsonException)
        {
        }
        return false;
    }
}
