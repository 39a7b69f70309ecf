using System.Buffers;
using System.Text.Json;
using Holdfast.Notebooks;

namespace Holdfast.Lab.Recording;

/// <summary>The widgets of kernels, for files and for pages.</summary>
internal sealed partial class Recorder
{
    /// <summary>
    /// Whether pages that ask for a kernel's widgets are answered from the record: while the kernel is busy, and where an Output widget captured
    /// what no kernel keeps.
    /// </summary>
    public bool AnswersForWidgets(string kernelId)
    {
        KernelRecording? recording;
        lock (_gate)
        {
            if (!_recordings.TryGetValue(kernelId, out recording))
                return false;
        }
        // What it has sent by now counts: an end or an output that is not folded yet would give the question to the wrong one.
        CatchUp(recording);
        if (_keeper.Find(kernelId)?.ExecutionState == "busy")
            return true;
        lock (_gate)
            return RunsCell(recording) || recording.Fold.Widgets.HasCaptured;
    }

    /// <summary>
    /// Whether a cell runs by all that the kernel has said until now. What it says last may be idle in the middle of a cell: it says so after each request on its
    /// control channel too.
    /// </summary>
    public bool RunsCell(string kernelId)
    {
        KernelRecording? recording;
        lock (_gate)
        {
            if (!_recordings.TryGetValue(kernelId, out recording))
                return false;
        }
        CatchUp(recording);
        lock (_gate)
            return RunsCell(recording);
    }

    private static bool RunsCell(KernelRecording recording) => recording.Fold.Executions.Any(execution => execution is { HasBegun: true, IsOver: false });

    /// <summary>The content of a <c>comm_info_reply</c> that names the widgets of a kernel.</summary>
    public ReadOnlyMemory<byte> WidgetIdsFor(string kernelId)
    {
        var content = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(content, MessageJson.Relaxed);
        json.WriteStartObject();
        json.WriteString("status"u8, "ok"u8);
        json.WriteStartObject("comms"u8);
        lock (_gate)
        {
            foreach (var widget in _recordings.GetValueOrDefault(kernelId)?.Fold.Widgets.All.Where(widget => !widget.IsClosed) ?? [])
            {
                json.WriteStartObject(widget.Id);
                json.WriteString("target_name"u8, "jupyter.widget"u8);
                json.WriteEndObject();
            }
        }
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return content.WrittenMemory;
    }

    /// <summary>What a kernel would answer to <c>request_states</c> on a control comm; null when it is not known.</summary>
    /// <param name="kernelId">The kernel.</param>
    /// <param name="comm">The control comm's id.</param>
    public (ReadOnlyMemory<byte> Content, IReadOnlyList<ReadOnlyMemory<byte>> Buffers)? WidgetsFor(string kernelId, string comm)
    {
        KernelRecording? recording;
        lock (_gate)
        {
            if (!_recordings.TryGetValue(kernelId, out recording))
                return null;
        }
        CatchUp(recording);
        var content = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(content, MessageJson.Relaxed);
        json.WriteStartObject();
        json.WriteString("comm_id"u8, comm);
        json.WriteStartObject("data"u8);
        IReadOnlyList<ReadOnlyMemory<byte>> buffers;
        lock (_gate)
            buffers = recording.Widgets.WriteStates(json, recording.Fold.Widgets.All);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return (content.WrittenMemory, buffers);
    }

    /// <summary>The notebook with its kernels' widgets. Under the lock.</summary>
    private static NotebookDocument WithWidgets(NotebookDocument document, NotebookDocument? file, List<(KernelRecording Recording, Execution Execution)> executions)
    {
        var recorded = new Dictionary<string, ReadOnlyMemory<byte>?>(StringComparer.Ordinal);
        var open = new HashSet<string>(StringComparer.Ordinal);
        foreach (var recording in executions.Select(each => each.Recording).Distinct())
        {
            foreach (var widget in recording.Fold.Widgets.All)
            {
                recorded[widget.Id] = recording.Widgets.ForFile(widget);
                if (!widget.IsClosed)
                    open.Add(widget.Id);
            }
        }
        return NotebookWidgets.Apply(document, file, recorded, open.Contains);
    }
}
