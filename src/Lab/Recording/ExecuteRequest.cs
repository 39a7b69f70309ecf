using System.Text.Json;
using Holdfast.Kernels;

namespace Holdfast.Lab.Recording;

/// <summary>An execute_request that can have outputs in a notebook.</summary>
/// <param name="MessageId">Its msg_id.</param>
/// <param name="Code">What is executed.</param>
/// <param name="CellId">The cell's id as the client has it; null when it sends none.</param>
/// <param name="Place">The cell's place on the page, from 0; -1 when the client does not say it.</param>
/// <param name="IsOfNotebook">Whether a notebook sent it: JupyterLab's notebooks tell the kernel which cells were deleted, consoles do not.</param>
internal sealed record ExecuteRequest(string MessageId, string Code, string? CellId, int Place, bool IsOfNotebook)
{
    /// <summary>Reads a request; null for any other message and for silent ones.</summary>
    public static ExecuteRequest? Read(in KernelMessage message)
    {
        if (!MessageHeader.TryParse(message.Header.Span, out var header) || header.MessageType != "execute_request" || header.MessageId.Length == 0)
            return null;
        try
        {
            using var content = JsonDocument.Parse(message.Content);
            using var metadata = JsonDocument.Parse(message.Metadata);
            var request = content.RootElement;
            if (!request.TryGetProperty("code"u8, out var code) || code.ValueKind != JsonValueKind.String)
                return null;
            if (request.TryGetProperty("silent"u8, out var silent) && silent.ValueKind == JsonValueKind.True)
                return null;
            var cell = metadata.RootElement.TryGetProperty("cellId"u8, out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
            var place = metadata.RootElement.TryGetProperty("cellIndex"u8, out var index) && index.ValueKind == JsonValueKind.Number && index.TryGetInt32(out var given) ? given : -1;
            return new ExecuteRequest(header.MessageId, code.GetString()!, cell, place, metadata.RootElement.TryGetProperty("deletedCells"u8, out _));
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
