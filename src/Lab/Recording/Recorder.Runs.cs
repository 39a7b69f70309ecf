using System.Text;
using Holdfast.Notebooks.Folding;

namespace Holdfast.Lab.Recording;

/// <summary>What runs now.</summary>
internal sealed partial class Recorder
{
    /// <summary>What a kernel works on, or what it did last; null when it has run no cell of a notebook.</summary>
    public RunningCell? RunningOf(string kernelId)
    {
        CatchUpWith(kernelId);
        lock (_gate)
        {
            if (!_recordings.TryGetValue(kernelId, out var recording))
                return null;
            var executions = recording.Fold.Executions.Where(execution => !execution.IsDropped).OrderBy(execution => execution.Request).ToList();
            var shown = executions.Find(execution => execution is { IsOver: false, HasBegun: true }) ?? executions.FindLast(execution => execution.IsOver);
            if (shown is null)
                return null;
            return new RunningCell(
                shown.Path,
                shown.Index,
                shown.CellCount,
                shown.Source,
                shown.State,
                executions.Count(execution => !execution.IsOver && execution != shown),
                shown.Started ?? shown.Sent,
                shown.LastOutput,
                shown.Input != 0,
                LastLine(recording, shown));
        }
    }

    /// <summary>Whether a cell of a kernel waits for an answer to <c>input()</c>.</summary>
    public bool Asks(string kernelId)
    {
        CatchUpWith(kernelId);
        lock (_gate)
            return _recordings.TryGetValue(kernelId, out var recording) && recording.Fold.Executions.Any(execution => execution is { IsOver: false, Input: not 0 });
    }

    /// <summary>The keeper says at once that a kernel is idle: what it says must not meet a fold that has not seen the cell.</summary>
    private void CatchUpWith(string kernelId)
    {
        for (var more = true; more;)
        {
            lock (_gate)
                more = _recordings.TryGetValue(kernelId, out var recording) && recording.CatchUp();
        }
    }

    /// <summary>The last line that is not blank of the last stream or error; what was written over by a carriage return is gone.</summary>
    private static string LastLine(KernelRecording recording, Execution execution)
    {
        for (var output = execution.Outputs.Count - 1; output >= 0; output--)
        {
            var piece = execution.Outputs[output];
            if (piece.Kind is OutputKind.Display or OutputKind.Result || recording.Outputs.Read(piece.Last) is not { } message)
                continue;
            if (piece.Kind == OutputKind.Error)
                return $"{MessageJson.Text(message.Content.Span, "ename"u8)}: {MessageJson.Text(message.Content.Span, "evalue"u8)}";
            var folded = new System.Buffers.ArrayBufferWriter<byte>();
            var text = new StreamText(folded);
            new PrintedText(message.Content.Span).AppendTo(text);
            text.Finish();
            if (LastLine(Encoding.UTF8.GetString(folded.WrittenSpan)) is { Length: > 0 } line)
                return line;
        }
        return "";
    }

    private static string LastLine(string text)
    {
        var lines = text.TrimEnd();
        return lines[(lines.LastIndexOf('\n') + 1)..];
    }
}

/// <summary>A cell that a kernel works on, or the last one that it has worked on.</summary>
/// <param name="Path">Its notebook, relative to the root.</param>
/// <param name="Index">Its number in the notebook, from 0; -1 when it has not been found there yet.</param>
/// <param name="CellCount">How many cells the notebook has; 0 when that is not known yet.</param>
/// <param name="Source">Its code.</param>
/// <param name="State">How far it is.</param>
/// <param name="Waiting">How many cells wait behind it.</param>
/// <param name="Started">Since when it runs, or ran.</param>
/// <param name="LastOutput">When it last put something out; null for never.</param>
/// <param name="Asks">Whether it waits for an answer to <c>input()</c>.</param>
/// <param name="LastLine">The last line that it printed, or its error; empty when there is none.</param>
internal sealed record RunningCell(
    string Path, int Index, int CellCount, string Source, ExecutionState State, int Waiting, DateTimeOffset Started, DateTimeOffset? LastOutput, bool Asks, string LastLine);
