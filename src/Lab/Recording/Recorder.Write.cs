using Holdfast.History;
using Holdfast.Lab.Http;
using Holdfast.Lab.Posix;
using Holdfast.Notebooks;

namespace Holdfast.Lab.Recording;

/// <summary>Writing a notebook's file.</summary>
internal sealed partial class Recorder
{
    private const int Attempts = 3;

    private long _writes;
    private long _failures;

    /// <summary>How often a notebook was written.</summary>
    public long Writes => Volatile.Read(ref _writes);

    /// <summary>How often one could not be.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Writes what a run says of itself into its notebook, together with all that is recorded; null, or why that could not be done.</summary>
    public string? Write(string path, Func<NotebookDocument, NotebookDocument> change)
    {
        CatchUp(path);
        var progress = ProgressOf(path);
        return WriteNotebook(path, progress, change) ? null : progress.Problem;
    }

    /// <summary>Brings the file up to what is recorded; true when that was done.</summary>
    private bool WriteNotebook(string path, NotebookProgress progress, Func<NotebookDocument, NotebookDocument>? change = null)
    {
        if (!IsWriting)
            return false;
        string? problem = null;
        var full = Path.Join(_options.Root, path);
        try
        {
            _turns.Take(full, () =>
            {
                for (var attempt = 0; !TryWrite(path, full, progress, change, out problem); attempt++)
                {
                    if (attempt == Attempts)
                    {
                        problem = "Something else writes it again and again.";
                        break;
                    }
                }
            });
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            problem = fault.Message;
        }
        if (problem is not null)
            Interlocked.Increment(ref _failures);
        if (problem is not null && problem != progress.Problem)
            RecordingLog.NotWritten(_log, path, problem);
        var now = _time.GetUtcNow();
        (progress.Problem, progress.Next, progress.Retry) = (problem, now + Interval, problem is null ? now : now + Interval);
        return problem is null;
    }

    /// <summary>False when somebody else has changed the file meanwhile.</summary>
    private bool TryWrite(string path, string full, NotebookProgress progress, Func<NotebookDocument, NotebookDocument>? change, out string? problem)
    {
        problem = null;
        if (FileStatus.Of(full) is not { IsFile: true } before)
        {
            problem = "The file is gone; it is not made again.";
            return true;
        }
        using var file = PooledBytes.OfFile(full);
        if (!NotebookDocument.Parse(file.Memory).TryGet(out var document, out var unreadable))
        {
            problem = unreadable.Message;
            return true;
        }
        NotebookDocument folded;
        IReadOnlyList<Placed> placed;
        HashSet<int> ours;
        List<(WidgetFold Widgets, long Changed)> widgets;
        lock (_gate)
        {
            var executions = Of(path);
            (folded, placed) = NotebookFold.Apply(
                change?.Invoke(document) ?? document,
                [.. executions.Select(each => each.Execution)],
                _stated.GetValueOrDefault(path),
                Outputs(executions, OutputLimit.File));
            ours = [.. placed.Where(place => place.Index >= 0 && (place.IsInserted || place.Execution is { HasBegun: true, IsInFile: false })).Select(place => place.Index)];
            folded = WithWidgets(folded, null, executions);
            widgets = [.. executions.Select(each => each.Recording.Fold.Widgets).Distinct().Select(each => (each, each.Changed))];
        }
        if (!folded.Bytes.Span.SequenceEqual(file.Memory.Span))
        {
            using var replaced = new AtomicFile(full);
            replaced.Stream.Write(folded.Bytes.Span);
            if (FileStatus.Of(full) != before)
                return false;
            if (before != progress.Ours)
                _history.Before(full);
            // Before the file is there: whoever reads it must know already that this change is none to its sources.
            _times.Note(full, before, replaced.Status ?? before);
            lock (_gate)
            {
                foreach (var inserted in placed.Where(place => place.IsInserted))
                    inserted.Execution.IsInserted = true;
            }
            replaced.Commit();
            Interlocked.Increment(ref _writes);
            progress.Ours = FileStatus.Of(full);
            _trust.Recorded(full, document, folded, ours.Contains);
            _history.Note(full, VersionKind.Run);
        }
        lock (_gate)
        {
            NoteWritten(path, placed, folded.Cells.Count);
            foreach (var (written, changed) in widgets)
                written.Written = changed;
        }
        return true;
    }

    private void NoteWritten(string path, IReadOnlyList<Placed> placed, int cells)
    {
        foreach (var (execution, index, changed, isInserted) in placed)
        {
            execution.Written = changed;
            if (index >= 0)
                (execution.Index, execution.CellCount, execution.IsInserted) = (index, cells, execution.IsInserted || isInserted);
            else
            {
                execution.IsDropped = true;
                RecordingLog.NoCell(_log, path);
            }
        }
        // As long as one runs, all of a run are written each time: a checkout in the middle of it gets the outputs of all its cells.
        var all = Of(path);
        if (all.Exists(each => each.Execution is { IsOver: false, IsDropped: false }))
            return;
        foreach (var (_, execution) in all)
            execution.IsSettled |= execution.HasBegun && execution.Written == execution.Changed;
    }
}
