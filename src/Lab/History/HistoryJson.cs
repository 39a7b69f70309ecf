using System.Runtime.InteropServices;
using System.Text.Json;
using Holdfast.History;
using Holdfast.Lab.Http;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Comparing;

namespace Holdfast.Lab.History;

/// <summary>What the history's routes say and hear.</summary>
internal static class HistoryJson
{
    private const int Context = 3;
    private const int LongestStream = 20_000;
    private const int LargestOutput = 2 << 20;

    public static void Write(Utf8JsonWriter json, HistoryVersion version)
    {
        json.WriteStartObject();
        json.WriteNumber("version"u8, version.Number);
        json.WriteString("time"u8, ApiJson.Time(version.Time));
        json.WriteString("kind"u8, version.Kind.Word());
        json.WriteNumber("size"u8, version.Size);
        if (version.Cells is { } cells)
            json.WriteNumber("cells"u8, cells);
        else
            json.WriteNull("cells"u8);
        json.WriteString("change"u8, version.Change);
        json.WriteEndObject();
    }

    /// <summary>Writes the cells that differ; none when one side is no notebook.</summary>
    public static void Write(Utf8JsonWriter json, NotebookComparison? comparison, string words)
    {
        json.WriteStartObject();
        json.WriteBoolean("notebook"u8, comparison is not null);
        json.WriteString("change"u8, words);
        json.WriteStartArray("cells"u8);
        foreach (var cell in comparison?.Cells.Where(cell => !cell.IsSame) ?? [])
            Write(json, comparison!, cell);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads the body of a restore; null when something is missing or of another type.</summary>
    public static (string Path, int Version, string[]? Cells)? ReadRestore(JsonElement body)
    {
        if (!body.TryGetProperty("path"u8, out var path) || path.ValueKind != JsonValueKind.String
            || !body.TryGetProperty("version"u8, out var version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number))
            return null;
        if (!body.TryGetProperty("cells"u8, out var cells) || cells.ValueKind == JsonValueKind.Null)
            return (path.GetString()!, number, null);
        return cells.ValueKind == JsonValueKind.Array && cells.EnumerateArray().All(cell => cell.ValueKind == JsonValueKind.String)
            ? (path.GetString()!, number, [.. cells.EnumerateArray().Select(cell => cell.GetString()!)])
            : null;
    }

    private static void Write(Utf8JsonWriter json, NotebookComparison comparison, CellDifference cell)
    {
        NotebookCell? before = cell.Before is { } old ? comparison.Before.Cells[old] : null;
        NotebookCell? after = cell.After is { } now ? comparison.After.Cells[now] : null;
        json.WriteStartObject();
        WritePlace(json, "before"u8, cell.Before);
        WritePlace(json, "after"u8, cell.After);
        json.WriteString("type"u8, (after ?? before)!.Value.Type);
        json.WriteString("outputs"u8, cell.Outputs switch { OutputsChange.Cleared => "cleared", OutputsChange.Changed => "changed", _ => "same" });
        json.WriteStartArray("source"u8);
        if (cell.Source)
        {
            foreach (var line in LineDifference.Near(LineDifference.Of(before?.Source ?? "", after?.Source ?? ""), Context))
                json.WriteStringValue(line.Sign + line.Text);
        }
        json.WriteEndArray();
        // The first line tells people which cell it is.
        json.WriteString("title"u8, (after ?? before)!.Value.Source.Split('\n', 2)[0]);
        WriteOutputs(json, "outputs_before"u8, cell.After is null || cell.Outputs != OutputsChange.None ? before : null);
        WriteOutputs(json, "outputs_after"u8, cell.Outputs == OutputsChange.Changed || cell.Before is null ? after : null);
        json.WriteEndObject();
    }

    private static void WritePlace(Utf8JsonWriter json, ReadOnlySpan<byte> name, int? place)
    {
        if (place is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private static void WriteOutputs(Utf8JsonWriter json, ReadOnlySpan<byte> name, NotebookCell? cell)
    {
        json.WriteStartArray(name);
        if (cell is { } shown)
        {
            using var outputs = JsonDocument.Parse(NotebookComparison.Model(shown).OutputsJson, new JsonDocumentOptions { MaxDepth = 900 });
            foreach (var output in outputs.RootElement.EnumerateArray())
                WriteOutput(json, output);
        }
        json.WriteEndArray();
    }

    /// <summary>An output as the page is to show it: a long stream's beginning only, and of what is very large only that it is there.</summary>
    private static void WriteOutput(Utf8JsonWriter json, JsonElement output)
    {
        var size = JsonMarshal.GetRawUtf8Value(output).Length;
        var stream = output.TryGetProperty("text"u8, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
        if (size <= LongestStream || stream is null && size <= LargestOutput)
        {
            output.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        json.WriteString("output_type"u8, "stream");
        json.WriteString("name"u8, "stdout");
        json.WriteString("text"u8, stream is null ? $"({size >> 20} MB, not shown here)" : $"{stream[..Math.Min(stream.Length, LongestStream)]}\n… {stream.Length:N0} characters in all");
        json.WriteEndObject();
    }
}
