using System.Buffers;
using System.Globalization;
using System.Text;
using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Merging;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks;

/// <summary>
/// Changes to a notebook, gathered and then written in one go. Cells are named by their number at the time of the call. What
/// comes out the same as it was keeps its bytes. JSON that is given must be JSON, or an <see cref="ArgumentException"/> comes.
/// </summary>
public sealed class NotebookEditor
{
    private readonly NotebookDocument _document;
    private readonly List<EditedCell> _cells;
    private readonly CellIds _ids = new();
    private ReadOnlyMemory<byte>? _metadata;

    internal NotebookEditor(NotebookDocument document)
    {
        _document = document;
        _cells = [.. document.Cells.Select((cell, number) => new EditedCell(number, cell.Json))];
        _ids.Take(document.ModelIds);
    }

    /// <summary>How many cells there are now.</summary>
    public int CellCount => _cells.Count;

    /// <summary>Sets the source of a cell.</summary>
    public void SetSource(int cell, string source) => _cells[cell].Set("source", JsonStrings.Quote(source));

    /// <summary>Sets the outputs of a code cell: a JSON list in the form of version 4, texts as strings or as lists of lines.</summary>
    public void SetOutputs(int cell, ReadOnlyMemory<byte> json) => _cells[cell].Set("outputs", Checked(json, JsonKind.Array));

    /// <summary>Sets the number of a code cell's last run; null for none.</summary>
    public void SetExecutionCount(int cell, long? count) =>
        _cells[cell].Set("execution_count", Encoding.ASCII.GetBytes(count?.ToString(CultureInfo.InvariantCulture) ?? "null"));

    /// <summary>Sets the whole metadata of a cell, a JSON object.</summary>
    public void SetMetadata(int cell, ReadOnlyMemory<byte> json) => _cells[cell].Set("metadata", Checked(json, JsonKind.Object));

    /// <summary>Sets the id of a cell: 1 to 64 of a–z, A–Z, 0–9, - and _ (nbformat 4.5); the caller sees to it that it is the only one.</summary>
    public void SetId(int cell, string id)
    {
        _ids.Take([id]);
        _cells[cell].Set("id", JsonStrings.Quote(id));
    }

    /// <summary>Sets the whole metadata of the notebook, a JSON object.</summary>
    public void SetNotebookMetadata(ReadOnlyMemory<byte> json) => _metadata = Checked(json, JsonKind.Object);

    /// <summary>Inserts a cell before the cell of this number, or at the end.</summary>
    /// <param name="cell">Its number afterwards.</param>
    /// <param name="type">code, markdown or raw.</param>
    /// <param name="source">Its source.</param>
    /// <param name="id">Null derives one from place and content where the format has ids (4.5).</param>
    public void InsertCell(int cell, string type, string source, string? id = null)
    {
        var quoted = JsonStrings.Quote(source);
        if (id is null && _document.Minor >= 5)
            id = _ids.Derive(cell, type, quoted);
        var added = new EditedCell(-1, "{}"u8.ToArray());
        added.Set("cell_type", JsonStrings.Quote(type));
        if (type == "code")
            added.Set("execution_count", "null"u8.ToArray());
        if (id is not null)
            added.Set("id", JsonStrings.Quote(id));
        added.Set("metadata", "{}"u8.ToArray());
        if (type == "code")
            added.Set("outputs", "[]"u8.ToArray());
        added.Set("source", quoted);
        _cells.Insert(cell, added);
    }

    /// <summary>Takes a cell out.</summary>
    public void DeleteCell(int cell) => _cells.RemoveAt(cell);

    /// <summary>Moves a cell so that it has the number <paramref name="to"/> afterwards.</summary>
    public void MoveCell(int from, int to)
    {
        var cell = _cells[from];
        _cells.RemoveAt(from);
        _cells.Insert(to, cell);
    }

    /// <summary>Writes the file with all changes, without a copy of it in memory.</summary>
    public void WriteTo(IBufferWriter<byte> writer) =>
        NotebookRewrite.Write(_document, Root(), [.. _cells.Select(cell => cell.Target())], writer);

    /// <summary>The document with all changes.</summary>
    public NotebookDocument ToDocument()
    {
        var writer = new ArrayBufferWriter<byte>(_document.Bytes.Length + 4096);
        WriteTo(writer);
        return NotebookDocument.Parsed(writer.WrittenMemory);
    }

    private JsonTape Root()
    {
        if (_metadata is not { } metadata)
            return _document.Tape;
        var tape = _document.Tape;
        var root = new EditedCell(0, "{}"u8.ToArray());
        foreach (var key in tape.Items(0))
            root.Set(Encoding.UTF8.GetString(tape.Name(key)), tape.Name(key).SequenceEqual("cells"u8) ? "[]"u8.ToArray() : tape.Slice(key + 1));
        root.Set("metadata", metadata);
        return new JsonTape().Load(root.Target().Json!.Value);
    }

    private static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> json, JsonKind kind)
    {
        var tape = new JsonTape();
        var error = tape.Scan(json, 0, recordDepth: 0, toTheEnd: true);
        if (error.Problem is not null || !System.Text.Unicode.Utf8.IsValid(json.Span))
            throw new ArgumentException($"Not JSON at byte {error.Offset}: {error.Problem ?? "not UTF-8"}.", nameof(json));
        return tape[0].Kind == kind ? json : throw new ArgumentException($"A JSON {kind} is needed.", nameof(json));
    }
}
