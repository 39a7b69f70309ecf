using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Http;
using Holdfast.Lab.Recording;
using Holdfast.Notebooks.Running;

namespace Holdfast.Lab.Runs;

/// <summary>A kernel as the run panel shows it.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Cell">What it works on or has worked on; null for nothing yet.</param>
/// <param name="Usage">What its processes use; null when that is not known.</param>
internal sealed partial record RunState(KernelRecord Kernel, RunningCell? Cell, ProcessUsage? Usage)
{
    /// <summary>waiting for input, running, done, failed, stopped (it was ended or its kernel died), or idle when it has run nothing.</summary>
    public string Word => Kernel.ExecutionState == "dead" ? "died"
        : Cell is null ? Kernel.BusySince is null ? "idle" : "running"
        : Cell.Asks ? "asks"
        : Cell.State switch
        {
            ExecutionState.Queued or ExecutionState.Running => "running",
            ExecutionState.Done => "done",
            ExecutionState.Error => "failed",
            _ => "stopped",
        };

    /// <summary>Whether it is at work.</summary>
    public bool IsBusy => Word is "running" or "asks";

    /// <summary>What people know it by: the notebook, or where the kernel runs.</summary>
    public string Name => Cell?.Path ?? (Kernel.Sessions.Count > 0 ? Kernel.Sessions[0].Path : Kernel.WorkingFolder);

    /// <summary>How far it says that it is, from 0 to 1, where its last line has a percentage or <c>n/m</c>, as progress bars have; null else.</summary>
    public double? Progress
    {
        get
        {
            if (Cell is not { LastLine.Length: > 0 and < 10_000 } cell)
                return null;
            if (Percent().Match(cell.LastLine) is { Success: true } percent)
                return double.Parse(percent.Groups[1].ValueSpan, CultureInfo.InvariantCulture) / 100;
            if (Part().Match(cell.LastLine) is not { Success: true } part)
                return null;
            var (done, all) = (double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture), double.Parse(part.Groups[2].ValueSpan, CultureInfo.InvariantCulture));
            return all > 0 && done <= all ? done / all : null;
        }
    }

    /// <summary>Writes it for the page and for programs.</summary>
    /// <param name="json">Gets it.</param>
    /// <param name="isTold">Whether an address is told of its end.</param>
    public void Write(Utf8JsonWriter json, bool isTold)
    {
        json.WriteStartObject();
        json.WriteString("kernel"u8, Kernel.Id);
        json.WriteString("name"u8, Name);
        json.WriteString("kernel_name"u8, Kernel.DisplayName);
        json.WriteString("state"u8, Word);
        json.WriteString("note"u8, Kernel.Note);
        json.WriteBoolean("notice"u8, isTold);
        json.WriteBoolean("detached"u8, Kernel.Sessions.Any(session => session.Name == Running.NotebookRun.SessionName));
        if (Cell is { } cell)
        {
            json.WriteString("path"u8, cell.Path);
            json.WriteNumber("cell"u8, cell.Index + 1);
            json.WriteNumber("cells"u8, cell.CellCount);
            json.WriteString("description"u8, new RunCell(cell.Index, null, cell.Source, false).Description);
            json.WriteNumber("waiting"u8, cell.Waiting);
            json.WriteString("started"u8, ApiJson.Time(cell.Started));
            json.WriteString("last_output"u8, cell.LastOutput is { } last ? ApiJson.Time(last) : null);
            json.WriteString("last_line"u8, cell.LastLine.Length > 400 ? cell.LastLine[..400] : cell.LastLine);
        }
        if (Progress is { } progress)
            json.WriteNumber("progress"u8, Math.Round(progress, 4));
        if (Usage is { } usage)
        {
            json.WriteNumber("cpu"u8, Math.Round(usage.Cpu, 2));
            json.WriteNumber("memory"u8, usage.Memory);
            if (usage.GpuMemory is { } gpu)
                json.WriteNumber("gpu_memory"u8, gpu);
        }
        json.WriteEndObject();
    }

    [GeneratedRegex(@"(?<![\d.])(100|\d{1,2}(?:\.\d{1,3})?)\s?%", RegexOptions.CultureInvariant)]
    private static partial Regex Percent();

    [GeneratedRegex(@"(?<![\d./])(\d{1,9})\s?/\s?(\d{1,9})(?![\d./])", RegexOptions.CultureInvariant)]
    private static partial Regex Part();
}
