using System.Text;
using System.Text.Json;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Rendering;

/// <summary>One output of a cell of version 4.</summary>
internal sealed class CellOutput
{
    private readonly JsonTape _tape;
    private readonly int _node;
    private readonly int _data;

    private CellOutput(JsonTape tape, int node)
    {
        (_tape, _node, _data) = (tape, node, tape.Find(node, "data"u8));
        Type = Member(node, "output_type"u8);
        Name = Member(node, "name"u8);
        Text = Member(node, "text"u8);
    }

    /// <summary>stream, display_data, execute_result or error.</summary>
    public string Type { get; }

    /// <summary>stdout or stderr, of a stream.</summary>
    public string Name { get; }

    /// <summary>What a stream printed, that of streams of the same name right behind it included.</summary>
    public string Text { get; private set; }

    public string ErrorName => Member(_node, "ename"u8);

    public string ErrorValue => Member(_node, "evalue"u8);

    /// <summary>The parts of an error's traceback.</summary>
    public IReadOnlyList<string> Traceback =>
        _tape.Find(_node, "traceback"u8) is >= 0 and var list && _tape[list].Kind == JsonKind.Array
            ? [.. _tape.Items(list).Where(item => _tape[item].Kind == JsonKind.String).Select(item => JsonText.ToString(_tape, item))]
            : [];

    /// <summary>The outputs of a cell, streams of one name that follow each other as one.</summary>
    public static IReadOnlyList<CellOutput> Of(NotebookCell cell)
    {
        var tape = new JsonTape().Load(cell.OutputsJson);
        var outputs = new List<CellOutput>();
        if (tape[0].Kind != JsonKind.Array) return outputs;
        foreach (var node in tape.Items(0))
        {
            if (tape[node].Kind != JsonKind.Object) continue;
            var output = new CellOutput(tape, node);
            if (output.Type == "stream" && outputs is [.., { Type: "stream" } last] && last.Name == output.Name) last.Text += output.Text;
            else outputs.Add(output);
        }

        return outputs;
    }

    public bool Has(string mime) => Find(mime) >= 0;

    /// <summary>What a display holds under a type: its text, or JSON with an indent of two. Null when there is none.</summary>
    public string? Data(string mime)
    {
        if (Find(mime) is not (>= 0 and var node)) return null;
        if (mime != "application/json" && JsonText.Is(_tape, node)) return JsonText.ToString(_tape, node);
        try
        {
            using var json = JsonDocument.Parse(_tape.Slice(node), new JsonDocumentOptions { MaxDepth = 1000 });
            using var text = new MemoryStream();
            using (var writer = new Utf8JsonWriter(text, new JsonWriterOptions { Indented = true, MaxDepth = 1000, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) json.WriteTo(writer);
            return Encoding.UTF8.GetString(text.ToArray());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // NaN and half surrogate pairs, which Python writes.
            return Encoding.UTF8.GetString(_tape.Raw(node));
        }
    }

    /// <summary>What the metadata says about a type or about all of them: <c>metadata[mime][name]</c>, else <c>metadata[name]</c>, as written. Null when neither is there.</summary>
    public string? Setting(string mime, string name)
    {
        var metadata = _tape.Find(_node, "metadata"u8);
        if (metadata < 0) return null;
        var own = _tape.Find(metadata, Encoding.UTF8.GetBytes(mime));
        var value = own >= 0 && _tape.Find(own, Encoding.UTF8.GetBytes(name)) is >= 0 and var found ? found : _tape.Find(metadata, Encoding.UTF8.GetBytes(name));
        if (value < 0) return null;
        return _tape[value].Kind == JsonKind.String ? JsonText.ToString(_tape, value) : Encoding.UTF8.GetString(_tape.Raw(value));
    }

    private int Find(string mime) => _data < 0 ? -1 : _tape.Find(_data, Encoding.UTF8.GetBytes(mime));

    private string Member(int node, ReadOnlySpan<byte> name) =>
        _tape.Find(node, name) is >= 0 and var value && JsonText.Is(_tape, value) ? JsonText.ToString(_tape, value) : "";
}
