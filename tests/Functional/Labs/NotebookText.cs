using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>A notebook that has not run, in the style of nbformat: keys sorted, indented by one, a line break at the end.</summary>
internal static class NotebookText
{
    private static readonly JsonSerializerOptions Style = new() { WriteIndented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(IReadOnlyList<string> sources)
    {
        var cells = sources.Select((source, index) => new JsonObject
        {
            ["cell_type"] = "code",
            ["execution_count"] = null,
            ["id"] = $"{index}",
            ["metadata"] = new JsonObject(),
            ["outputs"] = new JsonArray(),
            ["source"] = new JsonArray([.. Lines(source).Select(line => JsonValue.Create(line))]),
        });
        var notebook = new JsonObject
        {
            ["cells"] = new JsonArray([.. cells]),
            ["metadata"] = new JsonObject
            {
                ["kernelspec"] = new JsonObject { ["display_name"] = "Python 3", ["language"] = "python", ["name"] = "python3" },
            },
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
        return notebook.ToJsonString(Style) + "\n";
    }

    private static IEnumerable<string> Lines(string source)
    {
        var lines = source.Split('\n');
        return lines.Select((line, index) => index < lines.Length - 1 ? line + "\n" : line);
    }
}
