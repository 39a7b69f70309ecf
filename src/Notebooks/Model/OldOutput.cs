using System.Diagnostics.CodeAnalysis;
using System.Text.Unicode;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Model;

/// <summary>How keys of a version 2 or 3 output are called and kept in version 4.</summary>
internal static class OldOutput
{
    public static string? Mime(ReadOnlySpan<byte> key) => key switch
    {
        _ when key.SequenceEqual("text"u8) => "text/plain",
        _ when key.SequenceEqual("html"u8) => "text/html",
        _ when key.SequenceEqual("svg"u8) => "image/svg+xml",
        _ when key.SequenceEqual("png"u8) => "image/png",
        _ when key.SequenceEqual("jpeg"u8) => "image/jpeg",
        _ when key.SequenceEqual("latex"u8) => "text/latex",
        _ when key.SequenceEqual("json"u8) => "application/json",
        _ when key.SequenceEqual("javascript"u8) => "application/javascript",
        _ => null,
    };

    /// <summary>Whether lines under this key are one text.</summary>
    public static bool IsJoined(ReadOnlySpan<byte> key) =>
        Mime(key) is { } mime && mime is not ("image/png" or "image/jpeg");

    /// <summary>Whether a key of a display stays beside its data.</summary>
    public static bool IsBesideData(ReadOnlySpan<byte> key, bool isResult) =>
        key.SequenceEqual("output_type"u8) || key.SequenceEqual("metadata"u8) || key.SequenceEqual("execution_count"u8)
        || (isResult && key.SequenceEqual("prompt_number"u8));

    /// <summary>JSON that version 3 kept as a text; false when the text is not JSON and has to stay one.</summary>
    public static bool TryEmbedded(JsonTape tape, int node, int major, [NotNullWhen(true)] out JsonTape? value)
    {
        value = null;
        if (!JsonText.Is(tape, node))
            return false;
        var bytes = JsonText.Decode(tape, node);
        if (tape[node].Kind == JsonKind.Array && !OldCell.Between(tape, node, major).IsEmpty)
            bytes = System.Text.Encoding.UTF8.GetBytes(string.Join('\n', tape.Items(node).Select(item => JsonText.ToString(tape, item))));
        var embedded = new JsonTape();
        if (!Utf8.IsValid(bytes) || embedded.Scan(bytes, 0, int.MaxValue, toTheEnd: true).Problem is not null)
            return false;
        value = embedded;
        return true;
    }
}
