using System.Text.Json;

namespace Holdfast.Lab.Recording;

/// <summary>What a page says about itself when it saves: the member <c>holdfast</c> of docs/recording.md.</summary>
/// <param name="Cells">The page's ids of the cells, in the order of the request's.</param>
/// <param name="Known">msg_ids of all executions that the page has sent or was shown.</param>
/// <param name="Cleared">Cells whose outputs the user cleared, with the execution whose outputs they were.</param>
internal sealed record PageStatement(IReadOnlyList<string> Cells, IReadOnlySet<string> Known, IReadOnlyDictionary<string, string?> Cleared)
{
    /// <summary>Reads a statement; null when there is none or it is none.</summary>
    public static PageStatement? Read(ReadOnlyMemory<byte>? json)
    {
        if (json is not { } bytes)
            return null;
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            return new PageStatement(
                Texts(root, "cells"),
                Texts(root, "known").ToHashSet(StringComparer.Ordinal),
                root.TryGetProperty("cleared"u8, out var cleared)
                    ? cleared.EnumerateObject().ToDictionary(cell => cell.Name, cell => cell.Value.GetString(), StringComparer.Ordinal)
                    : new Dictionary<string, string?>(StringComparer.Ordinal));
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static List<string> Texts(JsonElement root, string name) =>
        root.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString() ?? "")] : [];
}
