using System.Text.Json;
using System.Text.Json.Nodes;

namespace Holdfast.Notebooks.Tests.Corpus;

/// <summary>Changes a model as people at a page do.</summary>
internal static class Client
{
    public static byte[] Changed(byte[] model, int seed)
    {
        var random = new Random(seed);
        var generator = new NotebookGenerator(seed + 100_000);
        var notebook = JsonNode.Parse(model)!.AsObject();
        var cells = notebook["cells"]!.AsArray();
        for (var change = random.Next(1, 4); change > 0; change--)
        {
            var cell = cells.Count > 0 ? random.Next(cells.Count) : -1;
            switch (random.Next(7))
            {
                case 0 when cell >= 0:
                    cells[cell]!["source"] = generator.Text();
                    break;
                case 1 when cell >= 0:
                    cells.RemoveAt(cell);
                    break;
                case 2 when cell >= 0:
                    var moved = cells[cell]!;
                    cells.RemoveAt(cell);
                    cells.Insert(random.Next(cells.Count + 1), moved);
                    break;
                case 3 when cell >= 0 && cells[cell]!["cell_type"]!.GetValue<string>() == "code":
                    cells[cell]!["outputs"]!.AsArray().Add(new JsonObject { ["output_type"] = "stream", ["name"] = "stdout", ["text"] = generator.Text() });
                    cells[cell]!["execution_count"] = random.Next(50);
                    break;
                case 4:
                    notebook["metadata"]!["holdfast"] = new JsonObject { ["b"] = random.Next(9), ["a"] = new JsonArray(1.5, "é") };
                    break;
                case 5 when cell >= 0:
                    cells[cell]!["metadata"] = new JsonObject { ["tags"] = new JsonArray("new") };
                    break;
                default:
                    var added = new JsonObject { ["cell_type"] = "markdown", ["metadata"] = new JsonObject(), ["source"] = generator.Text() };
                    if (notebook["nbformat_minor"]!.GetValue<int>() >= 5)
                        added["id"] = $"new-{seed}-{change}";
                    cells.Insert(random.Next(cells.Count + 1), added);
                    break;
            }
        }
        return JsonSerializer.SerializeToUtf8Bytes(notebook);
    }
}
