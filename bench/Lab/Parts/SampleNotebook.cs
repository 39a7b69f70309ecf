using System.Text.Json;

namespace Holdfast.Lab.Bench.Parts;

/// <summary>A notebook as people have them: code, printed lines, tables and plots; always the same for a size.</summary>
internal static class SampleNotebook
{
    private const int LinesACell = 200;
    private const int PlotBytes = 45_000;

    /// <summary>Writes a notebook of at least <paramref name="bytes"/>, in nbformat's own layout; <paramref name="lastCell"/> is the source of one more cell.</summary>
    public static void Write(string path, int bytes, string? lastCell = null)
    {
        var random = new Random(4);
        var plot = new byte[PlotBytes];
        using var file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true, IndentSize = 1 });
        json.WriteStartObject();
        json.WriteStartArray("cells");
        for (var cell = 1; file.Position + json.BytesPending < bytes; cell++)
        {
            random.NextBytes(plot);
            json.WriteStartObject();
            json.WriteString("cell_type", "code");
            json.WriteNumber("execution_count", cell);
            json.WriteString("id", $"cell-{cell}");
            json.WriteStartObject("metadata");
            json.WriteEndObject();
            json.WriteStartArray("outputs");
            WriteStream(json, cell);
            WritePlot(json, plot);
            json.WriteEndArray();
            json.WriteStartArray("source");
            for (var line = 0; line < 12; line++) json.WriteStringValue($"loss_{line} = train(model, batch={line}, rate=0.{cell})\n");
            json.WriteEndArray();
            json.WriteEndObject();
            json.Flush();
        }

        if (lastCell is not null) json.WriteRawValue($$"""{"cell_type":"code","execution_count":null,"id":"last","metadata":{},"outputs":[],"source":["{{JsonEncodedText.Encode(lastCell)}}"]}""");
        json.WriteEndArray();
        json.WritePropertyName("metadata");
        json.WriteRawValue("""{"kernelspec":{"display_name":"Python 3 (ipykernel)","language":"python","name":"python3"},"language_info":{"name":"python"}}""");
        json.WriteNumber("nbformat", 4);
        json.WriteNumber("nbformat_minor", 5);
        json.WriteEndObject();
    }

    private static void WriteStream(Utf8JsonWriter json, int cell)
    {
        json.WriteStartObject();
        json.WriteString("name", "stdout");
        json.WriteString("output_type", "stream");
        json.WriteStartArray("text");
        for (var line = 0; line < LinesACell; line++) json.WriteStringValue($"epoch {cell,4} step {line,6} loss 0.{line * 7919 % 99991:00000} accuracy 0.{line * 104729 % 99991:00000} größer\n");
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WritePlot(Utf8JsonWriter json, byte[] plot)
    {
        json.WriteStartObject();
        json.WriteStartObject("data");
        json.WriteBase64String("image/png", plot);
        json.WriteStartArray("text/plain");
        json.WriteStringValue("<Figure size 640x480 with 1 Axes>");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("metadata");
        json.WriteEndObject();
        json.WriteString("output_type", "display_data");
        json.WriteEndObject();
    }
}
