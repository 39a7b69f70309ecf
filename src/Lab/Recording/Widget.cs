namespace Holdfast.Lab.Recording;

/// <summary>One widget of a kernel: what the kernel last said of it, and what it captured where it is an Output widget.</summary>
/// <param name="id">Its comm's id, which is the model's.</param>
internal sealed class Widget(string id) : OutputFold
{
    public string Id => id;

    /// <summary>The small values of its state: a JSON object with its keys in order.</summary>
    public ReadOnlyMemory<byte> State { get; set; } = "{}"u8.ToArray();

    /// <summary>The large values of its state: by key the number of the record that has it.</summary>
    public SortedDictionary<string, long> Large { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The binary values of its state.</summary>
    public List<WidgetBuffer> Buffers { get; init; } = [];

    /// <summary>Number of the last record that changed it.</summary>
    public long Changed { get; set; }

    /// <summary>The kernel has closed it, or is gone.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Outputs of this request go to it instead of the cell; null for none.</summary>
    public string? Captures { get; set; }

    /// <summary>Number of the record that said so: of several that capture one request the last has it.</summary>
    public long CapturesSince { get; set; }

    /// <summary>Whether it is an Output widget.</summary>
    public bool IsOutput => MessageJson.TextIs(State.Span, "_model_name"u8, "OutputModel"u8);

    /// <summary>Number of the first record that is needed to write it; <see cref="long.MaxValue"/> for none.</summary>
    public long NeededFrom => Large.Values.Concat(Buffers.Select(buffer => buffer.Sequence)).Concat(Outputs.Select(piece => piece.Place.Sequence)).DefaultIfEmpty(long.MaxValue).Min();
}

/// <summary>A binary value of a widget's state.</summary>
/// <param name="Path">Where in the state it belongs: a JSON list of keys and places.</param>
/// <param name="Sequence">Number of the record that has it.</param>
/// <param name="Index">Which of the record's buffers it is.</param>
internal sealed record WidgetBuffer(string Path, long Sequence, int Index);
