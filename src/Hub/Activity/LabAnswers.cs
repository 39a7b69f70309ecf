using System.Text.Json.Serialization;

namespace Holdfast.Hub.Activity;

/// <summary>What a lab says of its machine: <c>/api/activity</c>.</summary>
/// <param name="Time">By the machine's clock: all times here are told apart from it.</param>
/// <param name="LastInput">When a person last did something; null when nobody has since the lab was started.</param>
/// <param name="Busy">What is at work.</param>
/// <param name="CpuSeconds">Seconds of processors that all of its processes have used.</param>
/// <param name="WorkSeconds">The same without lab and keeper.</param>
/// <param name="Busiest">The command that used most of that lately; may be null.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Warning">What it shows of a stop that is to come.</param>
internal sealed record LabWork(
    DateTimeOffset Time, DateTimeOffset? LastInput, IReadOnlyList<LabBusy>? Busy, double CpuSeconds, double WorkSeconds, string? Busiest, long Memory, LabWarning? Warning);

/// <summary>Something at work in a machine.</summary>
internal sealed record LabBusy(string Kind, string? Id, string? Name, DateTimeOffset Since);

/// <summary>What a lab shows of a stop that is to come.</summary>
internal sealed record LabWarning(string? Text, DateTimeOffset? Until);

/// <summary>A run as the lab of its machine shows it, and as <c>GET /api/v1/runs</c> does: a kernel or a terminal.</summary>
public sealed record RunView
{
    /// <summary>The machine's name.</summary>
    public string Machine { get; init; } = "";
    /// <summary>A kernel's id, or <c>terminals/NAME</c>.</summary>
    public string Id { get; init; } = "";
    /// <summary>What people know it by: the notebook.</summary>
    public string Name { get; init; } = "";
    /// <summary><c>running</c>, <c>asks</c> (waits for an answer), <c>done</c>, <c>failed</c>, <c>stopped</c>, <c>died</c> or <c>idle</c>.</summary>
    public string State { get; init; } = "";
    /// <summary>The cell's first words, or the command; null when nothing is known.</summary>
    public string? Description { get; init; }
    /// <summary>The cell that runs, from 1; null for no notebook.</summary>
    public int? Cell { get; init; }
    /// <summary>How many cells the notebook has.</summary>
    public int? Cells { get; init; }
    /// <summary>When the cell or command began.</summary>
    public DateTimeOffset? Started { get; init; }
    /// <summary>When it last put something out.</summary>
    public DateTimeOffset? LastOutput { get; init; }
    /// <summary>The last line that it has put out.</summary>
    public string? LastLine { get; init; }
    /// <summary>How far it says that it is, 0 to 1.</summary>
    public double? Progress { get; init; }
    /// <summary>Processors at work.</summary>
    public double? Cpu { get; init; }
    /// <summary>Bytes.</summary>
    public long? Memory { get; init; }
    /// <summary>Bytes on GPUs; null where no GPU is asked.</summary>
    public long? GpuMemory { get; init; }
    /// <summary>What people should know of it; null for nothing.</summary>
    public string? Note { get; init; }
}

/// <summary>What runs in the machines that somebody may see.</summary>
/// <param name="Runs">Of all machines, those at work first, then what began last.</param>
/// <param name="Silent">Names of machines that run and did not answer in time.</param>
public sealed record RunList(IReadOnlyList<RunView> Runs, IReadOnlyList<string> Silent);

/// <summary>JSON between hub and labs, and what is kept of it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LabWork))]
[JsonSerializable(typeof(LabWarning))]
[JsonSerializable(typeof(RunView[]))]
[JsonSerializable(typeof(WatchedRun[]))]
[JsonSerializable(typeof(WebhookNotice))]
internal sealed partial class ActivityJson : JsonSerializerContext;
