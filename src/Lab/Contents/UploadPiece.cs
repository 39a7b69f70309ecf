using System.Text.Json;

namespace Holdfast.Lab.Contents;

/// <summary>What a page says of a piece of a file: the member <c>holdfast</c> of docs/uploads.md.</summary>
/// <param name="Upload">The id that the page began the upload with.</param>
/// <param name="Offset">Where in the file the piece belongs, in bytes.</param>
internal sealed record UploadPiece(string Upload, long Offset)
{
    /// <summary>Reads a statement; null when there is none or it is none.</summary>
    public static UploadPiece? Read(ReadOnlyMemory<byte>? json)
    {
        if (json is not { } bytes)
            return null;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.TryGetProperty("upload"u8, out var upload) && upload.GetString() is { } id
                && document.RootElement.TryGetProperty("offset"u8, out var at) && at.TryGetInt64(out var offset) && offset >= 0
                ? new UploadPiece(id, offset)
                : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
