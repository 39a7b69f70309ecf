using System.Text.Json.Nodes;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.Notebooks.Tests.Rendering;

/// <summary>Notebooks of version 4 for these tests.</summary>
internal static class Notebooks
{
    /// <summary>The smallest picture there is.</summary>
    public const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    public static NotebookDocument Of(params JsonObject[] cells) =>
        Samples.Read(new JsonObject { ["cells"] = new JsonArray([.. cells]), ["metadata"] = new JsonObject { ["language_info"] = new JsonObject { ["name"] = "python" } }, ["nbformat"] = 4, ["nbformat_minor"] = 4 }.ToJsonString());

    public static JsonObject Markdown(string source) => new() { ["cell_type"] = "markdown", ["metadata"] = new JsonObject(), ["source"] = source };

    public static JsonObject Raw(string source) => new() { ["cell_type"] = "raw", ["metadata"] = new JsonObject(), ["source"] = source };

    public static JsonObject Code(string source, params JsonObject[] outputs) =>
        new() { ["cell_type"] = "code", ["execution_count"] = 7, ["metadata"] = new JsonObject(), ["outputs"] = new JsonArray([.. outputs]), ["source"] = source };

    public static JsonObject Printed(string text, string name = "stdout") => new() { ["output_type"] = "stream", ["name"] = name, ["text"] = text };

    public static JsonObject Display(string mime, JsonNode data, string plain = "PLAIN") =>
        new() { ["output_type"] = "execute_result", ["execution_count"] = 7, ["metadata"] = new JsonObject(), ["data"] = new JsonObject { [mime] = data, ["text/plain"] = mime == "text/plain" ? data.DeepClone() : plain } };

    public static JsonObject Error(params string[] traceback) =>
        new() { ["output_type"] = "error", ["ename"] = "E", ["evalue"] = "v", ["traceback"] = new JsonArray([.. traceback.Select(line => (JsonNode)line)]) };

    public static JsonObject With(this JsonObject cell, string metadata)
    {
        cell["metadata"] = JsonNode.Parse(metadata);
        return cell;
    }
}
