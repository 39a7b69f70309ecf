using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Comparing;

namespace Holdfast.Cli.Notebooks;

/// <summary>Outputs of a cell in words.</summary>
internal static class OutputWords
{
    private const int Longest = 60;

    /// <summary>One line for each output: <c>stdout, 120 lines: epoch 1 …</c>, <c>image/png (24 kB), text/plain</c>, <c>error ValueError: no</c>.</summary>
    public static IEnumerable<string> Of(NotebookCell cell) => Each(cell, Words);

    /// <summary>The same with the beginning of a hash of each output, so that outputs of the same words are told apart.</summary>
    public static IEnumerable<string> WithHashes(NotebookCell cell) =>
        Each(cell, output => $"{Words(output)} #{Convert.ToHexStringLower(SHA256.HashData(JsonMarshal.GetRawUtf8Value(output)).AsSpan(0, 3))}");

    /// <summary>A line without the commands for terminals that a notebook may hold.</summary>
    public static string Printable(string line) => string.Concat(line.Where(unit => !char.IsControl(unit) || unit == '\t'));

    private static IEnumerable<string> Each(NotebookCell cell, Func<JsonElement, string> say)
    {
        using var outputs = JsonDocument.Parse(NotebookComparison.Model(cell).OutputsJson, new JsonDocumentOptions { MaxDepth = 1000 });
        return [.. outputs.RootElement.EnumerateArray().Select(say)];
    }

    private static string Words(JsonElement output) => Text(output, "output_type") switch
    {
        "stream" => Stream(Text(output, "name"), Text(output, "text")),
        "error" => $"error {Text(output, "ename")}: {Cut(Text(output, "evalue"))}",
        _ when output.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object => string.Join(", ", data.EnumerateObject().Select(Representation)),
        var other => other,
    };

    private static string Stream(string name, string text)
    {
        var lines = text.AsSpan().TrimEnd('\n').Count('\n') + 1;
        return $"{name}, {Output.Count(lines, "line")}: {Cut(text)}";
    }

    private static string Representation(JsonProperty data)
    {
        if (data.Value.ValueKind != JsonValueKind.String) return data.Name;
        var text = data.Value.GetString()!;
        return data.Name == "text/plain" ? $"text/plain: {Cut(text)}" : string.Create(CultureInfo.InvariantCulture, $"{data.Name} ({text.Length / 1e3:0.0} kB)");
    }

    private static string Cut(string text)
    {
        var first = text.AsSpan().TrimStart('\n');
        if (first.IndexOfAny('\n', '\r') is >= 0 and var end) first = first[..end];
        var line = Printable(first.ToString());
        return line.Length > Longest ? line[..Longest] + " …" : line.Length < text.TrimEnd('\n').Length ? line + " …" : line;
    }

    private static string Text(JsonElement output, string name) => output.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
