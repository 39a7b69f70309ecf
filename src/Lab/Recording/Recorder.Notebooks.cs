using System.Text.Json;
using Holdfast.Lab.Posix;
using Holdfast.Notebooks;

namespace Holdfast.Lab.Recording;

/// <summary>What the contents API asks and does.</summary>
internal sealed partial class Recorder
{
    /// <summary>A client that says nothing about itself may have begun its save before it saw the end: the end must be this long ago.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    /// <summary>The notebook with all that its kernels have sent so far: rule 4.</summary>
    public (NotebookDocument Document, RecordedPlace? Place) Fold(string path, NotebookDocument file)
    {
        CatchUp(path);
        lock (_gate)
        {
            var executions = Of(path);
            var place = PlaceOf(path);
            if (executions.TrueForAll(each => (each.Execution.IsInFile || !each.Execution.HasBegun) && !each.Recording.Fold.Widgets.IsPending))
                return (file, place);
            var (folded, _) = NotebookFold.Apply(
                file, [.. executions.Select(each => each.Execution)], _stated.GetValueOrDefault(path), Outputs(executions, OutputLimit.File));
            return (WithWidgets(folded, null, executions), place);
        }
    }

    /// <summary>The hash of a notebook's sources: rule 6.</summary>
    public byte[] SourceHash(string path, NotebookDocument file)
    {
        lock (_gate)
        {
            var inserted = Of(path).Select(each => each.Execution).Where(execution => execution.IsInserted).ToList();
            if (inserted.Count == 0)
                return file.SourceHash();
            var editor = file.Edit();
            foreach (var place in NotebookFold.Find(file.Upgrade(), inserted, _stated.GetValueOrDefault(path))
                .Where(place => place is { IsInserted: false, Index: >= 0 }).OrderByDescending(place => place.Index))
                editor.DeleteCell(place.Index);
            return editor.ToDocument().SourceHash();
        }
    }

    /// <summary>The file's status with the time when its sources were last changed: rule 6.</summary>
    public FileStatus StatusOf(string fullPath, FileStatus status) => _times.Of(fullPath, status);

    /// <summary>Where the record of a notebook is; null when it has no kernel that runs. Under the lock.</summary>
    private RecordedPlace? PlaceOf(string path)
    {
        foreach (var recording in _recordings.Values)
        {
            if (recording.Kernel.Sessions.Any(session => session.Path == path))
                return new RecordedPlace(recording.Kernel.Id, recording.Number);
        }
        return null;
    }

    /// <summary>Applies rule 5 to what a client sends; to be done in the notebook's turn.</summary>
    /// <param name="path">The notebook.</param>
    /// <param name="file">What is in the file; null when there is none that can be read.</param>
    /// <param name="content">What the client sent.</param>
    /// <param name="statement">What it said about itself.</param>
    public SaveMerge Merge(string path, NotebookDocument? file, NotebookDocument content, PageStatement? statement)
    {
        CatchUp(path);
        lock (_gate)
        {
            var executions = Of(path);
            var recordings = executions.ToDictionary(each => each.Execution, each => each.Recording);
            var outputs = Outputs(executions, OutputLimit.File);
            var merge = new SaveMerge(content, PlaceOf(path));
            merge.Apply(
                file?.Upgrade(),
                [.. executions.Select(each => each.Execution)],
                _stated.GetValueOrDefault(path),
                statement,
                outputs,
                execution => statement is null && HaveAllSeen(recordings[execution].Kernel.Id, execution));
            merge.SetWidgets(WithWidgets(merge.Content, file?.Upgrade(), executions));
            return merge;
        }
    }

    /// <summary>The save was done.</summary>
    public void Saved(string path, SaveMerge merge, PageStatement? statement)
    {
        List<KernelRecording> changed = [];
        lock (_gate)
        {
            if (merge.Cleared.Count + merge.Deleted.Count > 0)
                changed = [.. Of(path).Select(each => each.Recording).Distinct()];
            if (statement is not null)
                _stated[path] = statement.Cells;
            foreach (var execution in merge.Cleared)
            {
                foreach (var recording in _recordings.Values)
                    recording.Fold.Remove(execution);
            }
            foreach (var execution in merge.Deleted)
                execution.IsDropped = true;
            foreach (var (execution, index) in merge.Confirmed)
                (execution.Index, execution.CellCount, execution.IsInserted) = (index, merge.Content.Cells.Count, false);
        }
        // The lab after one that was killed must not bring it back.
        changed.ForEach(Keep);
    }

    private bool HaveAllSeen(string kernelId, Execution execution) =>
        (execution.LastOutput ?? execution.Sent) + Quiet < _time.GetUtcNow() && _positions?.AllHave(kernelId, execution.Changed) == true;
}

/// <summary>Up to where the record of a notebook is true.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Number">Number of the last record of its journal that is in.</param>
internal sealed record RecordedPlace(string Kernel, long Number)
{
    /// <summary>Writes the member <c>holdfast</c> of a notebook's model.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("holdfast"u8);
        json.WriteNumber("number"u8, Number);
        json.WriteString("kernel"u8, Kernel);
        json.WriteEndObject();
    }
}
