using System.Text;
using System.Text.Json;

namespace Holdfast.Notebooks.Bench;

/// <summary>Notebooks of a kind each, spelled as Jupyter spells them.</summary>
internal static class Corpus
{
    public static IEnumerable<(string Name, byte[][] Files)> Sets()
    {
        yield return ("small, text", Make(400, cells: 25, lines: 12, image: 0, numbers: 0));
        yield return ("with images", Make(60, cells: 25, lines: 12, image: 60_000, numbers: 0));
        yield return ("with numbers (plots)", Make(40, cells: 20, lines: 12, image: 0, numbers: 4_000));
        yield return ("one large image cell, 64 MB", Make(1, cells: 1, lines: 5, image: 48_000_000, numbers: 0));
    }

    public static byte[][] Make(int count, int cells, int lines, int image, int numbers) =>
        [.. Enumerable.Range(0, count).Select(seed => One(new Random(seed), cells, lines, image, numbers))];

    private static byte[] One(Random random, int cells, int lines, int image, int numbers)
    {
        var content = new MemoryStream();
        using (var json = new Utf8JsonWriter(content))
        {
            json.WriteStartObject();
            json.WriteStartArray("cells");
            for (var cell = 0; cell < cells; cell++)
                Cell(json, random, cell, lines, image, numbers);
            json.WriteEndArray();
            json.WritePropertyName("metadata");
            json.WriteRawValue("""{"kernelspec":{"display_name":"Python 3","language":"python","name":"python3"},"language_info":{"name":"python","version":"3.11.2"}}""");
            json.WriteNumber("nbformat", 4);
            json.WriteNumber("nbformat_minor", 5);
            json.WriteEndObject();
        }
        return NotebookDocument.FromJupyterModel(content.ToArray()).Document!.ToBytes();
    }

    private static void Cell(Utf8JsonWriter json, Random random, int number, int lines, int image, int numbers)
    {
        json.WriteStartObject();
        json.WriteString("cell_type", "code");
        json.WriteNumber("execution_count", number);
        json.WriteString("id", $"cell-{number}");
        json.WritePropertyName("metadata");
        json.WriteRawValue("{}");
        json.WriteStartArray("outputs");
        json.WriteStartObject();
        json.WriteStartObject("data");
        json.WriteString("text/plain", Text(random, 3));
        if (image > 0)
        {
            var bytes = new byte[image];
            random.NextBytes(bytes);
            json.WriteBase64String("image/png", bytes);
        }
        if (numbers > 0)
        {
            json.WriteStartArray("application/vnd.plotly.v1+json");
            for (var value = 0; value < numbers; value++)
                json.WriteNumberValue(random.NextDouble());
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WritePropertyName("metadata");
        json.WriteRawValue("{}");
        json.WriteString("output_type", "display_data");
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("name", "stdout");
        json.WriteString("output_type", "stream");
        json.WriteString("text", Text(random, lines));
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("source", Text(random, lines));
        json.WriteEndObject();
    }

    private static string Text(Random random, int lines)
    {
        string[] words = ["import", "torch", "loss =", "model(x)", "\"text\"", "for i in range(10):", "größe", "数据", "# comment", "0.123"];
        var text = new StringBuilder();
        for (var line = 0; line < lines; line++)
            text.AppendJoin(' ', random.GetItems(words, random.Next(2, 9))).Append('\n');
        return text.ToString();
    }
}
