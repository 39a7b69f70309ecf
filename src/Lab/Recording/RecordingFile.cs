using System.Text.Json.Serialization;
using Holdfast.Journal;

namespace Holdfast.Lab.Recording;

/// <summary>What the recorder remembers of one kernel between labs (<c>recording.json</c> in the kernel's folder).</summary>
/// <param name="Number">The last record that is folded in.</param>
/// <param name="Executions">The latest execution of each cell.</param>
/// <param name="Displays">Outputs with a display_id.</param>
/// <param name="Widgets">The kernel's widgets; null for none.</param>
/// <param name="WidgetsWritten">Up to where notebooks have them.</param>
internal sealed record RecordingFile(
    long Number, IReadOnlyList<KeptExecution> Executions, IReadOnlyList<KeptDisplay> Displays, IReadOnlyList<KeptWidget>? Widgets = null, long WidgetsWritten = 0);

/// <summary>An <see cref="Execution"/> as it is kept.</summary>
internal sealed record KeptExecution
{
    public required string MessageId { get; init; }
    public required long Request { get; init; }
    public required DateTimeOffset Sent { get; init; }
    public required string Source { get; init; }
    public string? CellId { get; init; }
    public int Place { get; init; } = -1;
    public bool IsOfNotebook { get; init; }
    public string? Session { get; init; }
    public required string Path { get; init; }
    public ExecutionState State { get; init; }
    public long? Count { get; init; }
    public DateTimeOffset? Started { get; init; }
    public DateTimeOffset? LastOutput { get; init; }
    public bool HasReply { get; init; }
    public bool HasIdle { get; init; }
    public bool HasGap { get; init; }
    public long Input { get; init; }
    public bool ClearNext { get; init; }
    public IReadOnlyList<KeptOutput> Outputs { get; init; } = [];
    /// <summary>The line of the last stream that can still change; null when the last output is no stream.</summary>
    public KeptLine? Line { get; init; }
    public IReadOnlyList<SkippedRange>? Skipped { get; init; }
    public long Changed { get; init; }
    public long Written { get; init; }
    public bool IsSettled { get; init; }
    public int Index { get; init; }
    public int CellCount { get; init; }
    public bool IsInserted { get; init; }
    public bool IsDropped { get; init; }
}

/// <summary>An <see cref="OutputPiece"/> as it is kept.</summary>
internal sealed record KeptOutput(OutputKind Kind, JournalPlace Place, long Last, long Bytes, IReadOnlyList<StreamMark>? Marks, string? Parent = null);

/// <summary>A <see cref="Widget"/> as it is kept.</summary>
internal sealed record KeptWidget
{
    public required string Id { get; init; }
    public required string State { get; init; }
    public IReadOnlyDictionary<string, long>? Large { get; init; }
    public IReadOnlyList<WidgetBuffer>? Buffers { get; init; }
    public long Changed { get; init; }
    public bool IsClosed { get; init; }
    public string? Captures { get; init; }
    public long CapturesSince { get; init; }
    public IReadOnlyList<KeptOutput>? Outputs { get; init; }
    public KeptLine? Line { get; init; }
    public IReadOnlyList<SkippedRange>? Skipped { get; init; }
    public bool ClearNext { get; init; }
}

/// <summary>The end of a stream's text.</summary>
internal sealed record KeptLine(string Text, int Cursor, long Before);

/// <summary>An output with a display_id.</summary>
internal sealed record KeptDisplay(string Id, string Execution, int Output);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(RecordingFile))]
[JsonSerializable(typeof(Dictionary<string, SourceTime>))]
internal sealed partial class RecordingJson : JsonSerializerContext;
