using System.Text;
using System.Text.Json;

namespace Holdfast.Lab.Contents;

/// <summary>The model that a client sends; its content stays in the bytes of the request.</summary>
internal sealed record ContentsBody
{
    public static readonly ContentsBody Nothing = new();

    public string? Type { get; init; }
    public string? Format { get; init; }
    public string? Path { get; init; }
    public string? CopyFrom { get; init; }
    public string? Extension { get; init; }
    /// <summary>1, 2, … and -1 for the last piece of an upload; null for a whole file.</summary>
    public long? Chunk { get; init; }
    /// <summary>The JSON of <c>content</c>; null when there is no such member.</summary>
    public ReadOnlyMemory<byte>? Content { get; init; }
    /// <summary>The JSON of what a page says about itself; null when it says nothing.</summary>
    public ReadOnlyMemory<byte>? Statement { get; init; }
    /// <summary>True when the body held no member at all: Jupyter takes that as a wish for a new untitled file.</summary>
    public bool IsEmpty { get; init; } = true;

    /// <summary>Reads the body without building a tree; a fault when it is not a JSON object.</summary>
    public static (ContentsBody Body, ContentsFault? Fault) Parse(ReadOnlyMemory<byte> json)
    {
        if (Ascii.Trim(json.Span).Equals(default))
            return (Nothing, null);
        try
        {
            return (Read(json), null);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            return (Nothing, ContentsFault.Bad("Invalid JSON in body of request: " + fault.Message));
        }
    }

    private static ContentsBody Read(ReadOnlyMemory<byte> json)
    {
        var body = Nothing;
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
            return body;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("an object is expected");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            body = name switch
            {
                "type" => body with { Type = reader.GetString() },
                "format" => body with { Format = reader.GetString() },
                "path" => body with { Path = reader.GetString() },
                "copy_from" => body with { CopyFrom = reader.GetString() },
                "ext" => body with { Extension = reader.GetString() },
                "chunk" => body with { Chunk = reader.TokenType == JsonTokenType.Null ? null : reader.GetInt64() },
                _ => body,
            };
            reader.Skip();
            if (name == "content")
                body = body with { Content = json[start..(int)reader.BytesConsumed] };
            else if (name == "holdfast")
                body = body with { Statement = json[start..(int)reader.BytesConsumed] };
            body = body with { IsEmpty = false };
        }
        if (reader.Read())
            throw new JsonException("something follows the object");
        return body;
    }

    /// <summary>The bytes that the file is to hold, from a content that is text or base64.</summary>
    public (ReadOnlyMemory<byte> Bytes, ContentsFault? Fault) FileBytes()
    {
        if (Format is not ("text" or "base64"))
            return (default, ContentsFault.Bad("Must specify format of file contents as 'text' or 'base64'"));
        var reader = new Utf8JsonReader(Content!.Value.Span);
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
            return (default, ContentsFault.Bad("The content of a file must be a string"));
        if (Format == "base64")
            return reader.TryGetBytesFromBase64(out var decoded) ? (decoded, null) : (default, ContentsFault.Bad("Encoding error: the content is not base64"));
        try
        {
            var bytes = new byte[reader.ValueSpan.Length];
            return (bytes.AsMemory(0, reader.CopyString(bytes)), null);
        }
        catch (InvalidOperationException)
        {
            return (default, ContentsFault.Bad("Encoding error: the content holds half of a surrogate pair, which is no text"));
        }
    }
}
