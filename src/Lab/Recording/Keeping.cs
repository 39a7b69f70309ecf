using System.Text;
using Holdfast.Notebooks.Folding;

namespace Holdfast.Lab.Recording;

/// <summary>From executions to what is kept of them, and back.</summary>
internal static class Keeping
{
    public static RecordingFile Of(KernelFold fold, long number) => new(
        number,
        [.. fold.Executions.OrderBy(execution => execution.Request).Select(Of)],
        [.. fold.Displays.SelectMany(display => display.Value.Select(place => new KeptDisplay(display.Key, place.Execution.MessageId, place.Output)))],
        fold.Widgets.All.Count > 0 ? [.. fold.Widgets.All.Select(Of)] : null,
        fold.Widgets.Written);

    public static void Restore(RecordingFile file, KernelFold fold)
    {
        foreach (var kept in file.Executions)
            fold.Add(Execution(kept));
        fold.Widgets.Restore((file.Widgets ?? []).Select(Widget), file.WidgetsWritten);
        foreach (var display in file.Displays)
        {
            if (fold.Find(display.Execution) is { } execution && display.Output < execution.Outputs.Count)
                fold.AddDisplay(display.Id, new DisplayPlace(execution, display.Output));
        }
    }

    private static KeptWidget Of(Widget widget) => new()
    {
        Id = widget.Id,
        State = Encoding.UTF8.GetString(widget.State.Span),
        Large = widget.Large.Count > 0 ? widget.Large : null,
        Buffers = widget.Buffers.Count > 0 ? widget.Buffers : null,
        Changed = widget.Changed,
        IsClosed = widget.IsClosed,
        Captures = widget.Captures,
        CapturesSince = widget.CapturesSince,
        Outputs = widget.Outputs.Count > 0 ? [.. widget.Outputs.Select(piece => Of(piece, ""))] : null,
        Line = LineOf(widget),
        Skipped = widget.Skipped.Count > 0 ? widget.Skipped : null,
        ClearNext = widget.ClearNext,
    };

    private static Widget Widget(KeptWidget kept) => new(kept.Id)
    {
        State = Encoding.UTF8.GetBytes(kept.State),
        Large = new SortedDictionary<string, long>(kept.Large?.ToDictionary() ?? [], StringComparer.Ordinal),
        Buffers = [.. kept.Buffers ?? []],
        Changed = kept.Changed,
        IsClosed = kept.IsClosed,
        Captures = kept.Captures,
        CapturesSince = kept.CapturesSince,
        Outputs = [.. (kept.Outputs ?? []).Select(piece => Piece(piece, ""))],
        Open = OpenOf(kept.Line),
        Skipped = [.. kept.Skipped ?? []],
        ClearNext = kept.ClearNext,
    };

    private static KeptExecution Of(Execution execution) => new()
    {
        MessageId = execution.MessageId,
        Request = execution.Request,
        Sent = execution.Sent,
        Source = execution.Source,
        CellId = execution.CellId,
        Place = execution.Place,
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
        Outputs = [.. execution.Outputs.Select(piece => Of(piece, execution.MessageId))],
        Line = LineOf(execution),
        Skipped = execution.Skipped.Count > 0 ? execution.Skipped : null,
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
        Place = kept.Place,
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
        Outputs = [.. kept.Outputs.Select(piece => Piece(piece, kept.MessageId))],
        Open = OpenOf(kept.Line),
        Skipped = [.. kept.Skipped ?? []],
        Changed = kept.Changed,
        Written = kept.Written,
        IsSettled = kept.IsSettled,
        Index = kept.Index,
        CellCount = kept.CellCount,
        IsInserted = kept.IsInserted,
        IsDropped = kept.IsDropped,
    };

    private static KeptOutput Of(OutputPiece piece, string request) =>
        new(piece.Kind, piece.Place, piece.Last, piece.Bytes, piece.Marks?.All, piece.Parent == request ? null : piece.Parent);

    private static OutputPiece Piece(KeptOutput kept, string request) =>
        new(kept.Kind, kept.Place, kept.Last, kept.Parent ?? request, kept.Bytes, kept.Marks is { } marks ? StreamMarks.Of(marks) : null);

    private static KeptLine? LineOf(OutputFold outputs) =>
        outputs.Open is { } open ? new KeptLine(open.Line, open.Cursor, open.Bytes - Encoding.UTF8.GetByteCount(open.Line)) : null;

    private static StreamText? OpenOf(KeptLine? line) => line is null ? null : StreamText.Resume(line.Text, line.Cursor, line.Before);
}
