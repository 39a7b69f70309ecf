using System.Text;
using Holdfast.Notebooks.Folding;

namespace Holdfast.Lab.Recording;

/// <summary>From executions to what is kept of them, and back.</summary>
internal static class Keeping
{
    public static RecordingFile Of(KernelFold fold, long number) => new(
        number,
        [.. fold.Executions.OrderBy(execution => execution.Request).Select(Of)],
        [.. fold.Displays.SelectMany(display => display.Value.Select(place => new KeptDisplay(display.Key, place.Execution.MessageId, place.Output)))]);

    public static void Restore(RecordingFile file, KernelFold fold)
    {
        foreach (var kept in file.Executions)
            fold.Add(Execution(kept));
        foreach (var display in file.Displays)
        {
            if (fold.Find(display.Execution) is { } execution && display.Output < execution.Outputs.Count)
                fold.AddDisplay(display.Id, new DisplayPlace(execution, display.Output));
        }
    }

    private static KeptExecution Of(Execution execution) => new()
    {
        MessageId = execution.MessageId,
        Request = execution.Request,
        Sent = execution.Sent,
        Source = execution.Source,
        CellId = execution.CellId,
        IsOfNotebook = execution.IsOfNotebook,
        Session = execution.Session,
        Path = execution.Path,
        State = execution.State,
        Count = execution.Count,
        Started = execution.Started,
        LastOutput = execution.LastOutput,
        HasReply = execution.HasReply,
        HasIdle = execution.HasIdle,
        HasGap = execution.HasGap,
        Input = execution.Input,
        ClearNext = execution.ClearNext,
        Outputs = [.. execution.Outputs.Select(piece => new KeptOutput(piece.Kind, piece.Place, piece.Last, piece.Bytes, piece.Marks?.All))],
        Line = execution.Open is { } open ? new KeptLine(open.Line, open.Cursor, open.Bytes - Encoding.UTF8.GetByteCount(open.Line)) : null,
        Changed = execution.Changed,
        Written = execution.Written,
        IsSettled = execution.IsSettled,
        Index = execution.Index,
        CellCount = execution.CellCount,
        IsInserted = execution.IsInserted,
        IsDropped = execution.IsDropped,
    };

    private static Execution Execution(KeptExecution kept) => new()
    {
        MessageId = kept.MessageId,
        Request = kept.Request,
        Sent = kept.Sent,
        Source = kept.Source,
        CellId = kept.CellId,
        IsOfNotebook = kept.IsOfNotebook,
        Session = kept.Session,
        Path = kept.Path,
        State = kept.State,
        Count = kept.Count,
        Started = kept.Started,
        LastOutput = kept.LastOutput,
        HasReply = kept.HasReply,
        HasIdle = kept.HasIdle,
        HasGap = kept.HasGap,
        Input = kept.Input,
        ClearNext = kept.ClearNext,
        Outputs = [.. kept.Outputs.Select(piece =>
            new OutputPiece(piece.Kind, piece.Place, piece.Last, piece.Bytes, piece.Marks is { } marks ? StreamMarks.Of(marks) : null))],
        Open = kept.Line is { } line ? StreamText.Resume(line.Text, line.Cursor, line.Before) : null,
        Changed = kept.Changed,
        Written = kept.Written,
        IsSettled = kept.IsSettled,
        Index = kept.Index,
        CellCount = kept.CellCount,
        IsInserted = kept.IsInserted,
        IsDropped = kept.IsDropped,
    };
}
