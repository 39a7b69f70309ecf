using System.Buffers.Text;
using Holdfast.Notebooks.Json;
using Holdfast.Notebooks.Merging;
using Holdfast.Notebooks.Model;

namespace Holdfast.Notebooks;

/// <summary>A cell where it stands in its file. Reading a member reads the file's bytes each time.</summary>
public readonly struct NotebookCell
{
    private readonly JsonTape _tape;
    private readonly int _node;

    internal NotebookCell(JsonTape tape, int node) => (_tape, _node) = (tape, node);

    /// <summary>code, markdown or raw, and in versions 2 and 3 also heading and html; empty when the cell does not say.</summary>
    public string Type => Text(_tape.Find(_node, "cell_type"u8)) ?? "";

    /// <summary>The id as it stands in the file, null when there is none.</summary>
    public string? Id => Text(_tape.Find(_node, "id"u8));

    /// <summary>The source as one string; empty when there is none. Lines are put together as version 4 does.</summary>
    public string Source
    {
        get
        {
            var tape = new JsonTape().Load(SourceJson);
            return JsonText.Is(tape, 0) ? JsonText.ToString(tape, 0) : "";
        }
    }

    /// <summary>The whole cell in the file's bytes.</summary>
    public ReadOnlyMemory<byte> Json => _tape.Slice(_node);

    /// <summary>The metadata in the file's bytes; <c>{}</c> when there is none.</summary>
    public ReadOnlyMemory<byte> MetadataJson => Raw("metadata"u8, "{}"u8);

    /// <summary>The outputs in the file's bytes and in the form of its version; <c>[]</c> when there are none.</summary>
    public ReadOnlyMemory<byte> OutputsJson => Raw("outputs"u8, "[]"u8);

    /// <summary>The number of the last run; null when it has none. prompt_number in versions 2 and 3.</summary>
    public long? ExecutionCount
    {
        get
        {
            var node = Either("execution_count"u8, "prompt_number"u8);
            return node >= 0 && Utf8Parser.TryParse(_tape.Raw(node), out long count, out var used) && used == _tape.Raw(node).Length ? count : null;
        }
    }

    /// <summary>metadata.tags; empty when there are none.</summary>
    public IReadOnlyList<string> Tags
    {
        get
        {
            var tape = new JsonTape().Load(MetadataJson);
            var tags = tape.Find(0, "tags"u8);
            if (tags < 0 || tape[tags].Kind != JsonKind.Array)
                return [];
            return [.. tape.Items(tags).Where(item => tape[item].Kind == JsonKind.String).Select(item => JsonText.ToString(tape, item))];
        }
    }

    /// <summary>
    /// Whether another cell has the same outputs and the same count. Spelling does not matter: the order of keys, texts as lists of lines. Both cells are
    /// of version 4.
    /// </summary>
    public bool HasSameOutputs(NotebookCell other) =>
        ExecutionCount == other.ExecutionCount
        && JsonEquality.Same(new JsonTape().Load(OutputsJson), 0, new JsonTape().Load(other.OutputsJson), 0, Role.Outputs);

    internal ReadOnlyMemory<byte> SourceJson => Either("source"u8, "input"u8) is >= 0 and var node ? _tape.Slice(node) : "\"\""u8.ToArray();

    private int Either(ReadOnlySpan<byte> name, ReadOnlySpan<byte> older) =>
        _tape.Find(_node, name) is >= 0 and var node ? node : _tape.Find(_node, older);

    private ReadOnlyMemory<byte> Raw(ReadOnlySpan<byte> name, ReadOnlySpan<byte> absent) =>
        _tape.Find(_node, name) is >= 0 and var node ? _tape.Slice(node) : absent.ToArray();

    private string? Text(int node) => node >= 0 && _tape[node].Kind == JsonKind.String ? JsonText.ToString(_tape, node) : null;
}
