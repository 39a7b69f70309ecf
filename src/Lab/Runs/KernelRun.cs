using System.Text.Json;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Http;
using Holdfast.Lab.Recording;
using Holdfast.Notebooks.Running;

namespace Holdfast.Lab.Runs;

/// <summary>A kernel as the run panel shows it.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Cell">What it works on or has worked on; null for nothing yet.</param>
/// <param name="Usage">What its processes use; null when that is not known.</param>
internal sealed record KernelRun(KernelRecord Kernel, RunningCell? Cell, ProcessUsage? Usage) : Run(Usage)
{
    public override string Id => Kernel.Id;

    public override string Word => Kernel.ExecutionState == "dead" ? "died"
        : Cell is null ? Kernel.BusySince is null ? "idle" : "running"
        : Cell.Asks ? "asks"
        : Cell.State switch
        {
            ExecutionState.Queued or ExecutionState.Running => "running",
            ExecutionState.Done => "done",
            ExecutionState.Error => "failed",
            _ => "stopped",
        };

    /// <summary>The notebook, or where the kernel runs.</summary>
    public override string Name => Cell?.Path ?? (Kernel.Sessions.Count > 0 ? Kernel.Sessions[0].Path : Kernel.WorkingFolder);

    public override string? LastLine => Cell?.LastLine;

    public override DateTimeOffset LastSeen => Cell?.LastOutput ?? Cell?.Started ?? Kernel.Started;

    protected override void WriteOwn(Utf8JsonWriter json)
    {
        json.WriteString("kernel"u8, Kernel.Id);
        json.WriteString("kernel_name"u8, Kernel.DisplayName);
        json.WriteString("note"u8, Kernel.Note);
        json.WriteBoolean("detached"u8, Kernel.Sessions.Any(session => session.Name == Running.NotebookRun.SessionName));
        if (Cell is not { } cell)
            return;
        json.WriteString("path"u8, cell.Path);
        json.WriteNumber("cell"u8, cell.Index + 1);
        json.WriteNumber("cells"u8, cell.CellCount);
        json.WriteString("description"u8, new RunCell(cell.Index, null, cell.Source, false).Description);
        json.WriteNumber("waiting"u8, cell.Waiting);
        json.WriteString("started"u8, ApiJson.Time(cell.Started));
        json.WriteString("last_output"u8, cell.LastOutput is { } last ? ApiJson.Time(last) : null);
    }
}
