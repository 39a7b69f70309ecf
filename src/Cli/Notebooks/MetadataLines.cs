using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Holdfast.Cli.Notebooks;

/// <summary>Metadata as text that can be compared line by line: a line for each key, in order.</summary>
internal static class MetadataLines
{
    /// <summary>The lines with line ends between them, <c>metadata.kernelspec: {"name":"python3"}</c>; empty when there is none.</summary>
    public static string Of(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var metadata = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
            if (metadata.RootElement.ValueKind == JsonValueKind.Object)
                return string.Join('\n', metadata.RootElement.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"metadata.{OutputWords.Printable(member.Name)}: {Compact(member.Value)}"));
        }
        catch (JsonException)
        {
            // Python writes NaN, which JSON does not know.
        }

        return $"metadata: {OutputWords.Printable(Encoding.UTF8.GetString(json.Span).ReplaceLineEndings(" "))}";
    }

    private static string Compact(JsonElement value)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 })) value.WriteTo(json);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
