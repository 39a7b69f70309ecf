using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Posix;

namespace Holdfast.Lab.Recording;

/// <summary>The fold of one kernel's journal, with what is kept of it between labs. Not safe for concurrent calls: see <see cref="Recorder"/>.</summary>
internal sealed class KernelRecording : IDisposable
{
    /// <summary>How much of the journal is read in one go, so that nobody waits long for the others.</summary>
    private const int Batch = 8 << 20;

    private readonly JournalReader _reader;
    private readonly JournalReader _outputs;
    private readonly string _root;
    private FileStatus? _kept;

    public KernelRecording(KernelRecord kernel, string root)
    {
        Kernel = kernel;
        _root = root;
        Fold = new KernelFold(SessionOf);
        _reader = JournalReader.Open(kernel.JournalFolder);
        _outputs = JournalReader.Open(kernel.JournalFolder);
        Outputs = new OutputsWriter(_outputs);
        Widgets = new WidgetsWriter(Outputs);
        Restore();
    }

    /// <summary>What the keeper last said of the kernel.</summary>
    public KernelRecord Kernel { get; set; }

    public KernelFold Fold { get; private set; }

    public OutputsWriter Outputs { get; }

    public WidgetsWriter Widgets { get; }

    /// <summary>Number of the last record that is folded in.</summary>
    public long Number => _reader.NextSequence - 1;

    /// <summary>Whether nothing was ever kept of it before this lab.</summary>
    public bool IsNew { get; private set; }

    /// <summary>
    /// Up to where nothing of the journal is needed any more, because notebooks have it whole; 0 when none ever had any. What was shortened in the
    /// file is not whole there.
    /// </summary>
    public long WholeUpTo => Fold.Executions.Count == 0 ? 0 : Fold.Executions
        .Where(execution => !execution.IsOver || (execution is { IsDropped: false, HasBegun: true } && !(execution.IsInFile && execution.StreamBytes <= OutputLimit.File.Whole)))
        .Select(execution => execution.Request - 1)
        .Append(Number)
        .Append(Fold.Widgets.IsPending ? Fold.Widgets.NeededFrom - 1 : Number)
        .Min();

    /// <summary>What the keeper was last told of <see cref="WholeUpTo"/>.</summary>
    public long Told { get; set; }

    private string File => Path.Combine(Kernel.Folder, "recording.json");

    /// <summary>Folds what is there, up to a limit; true when there may be more.</summary>
    public bool CatchUp()
    {
        for (var read = 0; read < Batch;)
        {
            if (!_reader.TryRead(out var record))
            {
                EndLost();
                return false;
            }
            Fold.Apply(record, _reader.Place);
            read += record.Payload.Length + 64;
        }
        return true;
    }

    /// <summary>Keeps what is known now; a fault is no loss, the next lab folds more of the journal then.</summary>
    public void Keep()
    {
        if (!Directory.Exists(Kernel.Folder))
            return;
        using (var file = new AtomicFile(File))
        {
            JsonSerializer.Serialize(file.Stream, Keeping.Of(Fold, Number), RecordingJson.Default.RecordingFile);
            System.IO.File.SetUnixFileMode(file.Stream.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            file.Commit();
        }
        _kept = FileStatus.Of(File);
    }

    /// <summary>Takes over what another lab on the same folder, which writes the notebooks, has kept since.</summary>
    public void Refresh()
    {
        if (FileStatus.Of(File) is not { } status || status == _kept)
            return;
        Fold = new KernelFold(SessionOf);
        Restore();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _reader.Dispose();
        _outputs.Dispose();
    }

    private void Restore()
    {
        _kept = FileStatus.Of(File);
        try
        {
            using var file = System.IO.File.OpenRead(File);
            if (JsonSerializer.Deserialize(file, RecordingJson.Default.RecordingFile) is { } kept)
            {
                Keeping.Restore(kept, Fold);
                _reader.Seek(kept.Number + 1);
                return;
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            // The journal has everything: it is folded from its start.
        }
        IsNew = true;
    }

    /// <summary>What ran while nothing was recorded may have ended then: a kernel that is idle works on nothing.</summary>
    private void EndLost()
    {
        if (Kernel.ExecutionState is not ("idle" or "dead") || Kernel.LastSequence > Number)
            return;
        foreach (var execution in Fold.Executions.Where(execution => execution.HasGap || Kernel.ExecutionState == "dead"))
            execution.Lose(Number);
    }

    private NotebookSession? SessionOf(ExecuteRequest request)
    {
        var sessions = Kernel.Sessions.Where(session => session.Path.EndsWith(".ipynb", StringComparison.Ordinal) && session.Type == "notebook").ToList();
        if (sessions.Count == 0)
        {
            var documents = Kernel.Documents.Where(document => document.EndsWith(".ipynb", StringComparison.Ordinal)).ToList();
            return documents.Count == 1 ? new NotebookSession(null, Path.GetRelativePath(_root, documents[0])) : null;
        }
        // Several notebooks share the kernel: the one that has the cell, else the one that had the kernel first.
        var session = sessions.Count == 1 ? sessions[0] : sessions.FirstOrDefault(session => HasCell(session.Path, request.CellId)) ?? sessions[0];
        return new NotebookSession(session.Id, session.Path);
    }

    private bool HasCell(string path, string? cellId)
    {
        try
        {
            return cellId is not null && Notebooks.NotebookDocument.Parse(System.IO.File.ReadAllBytes(Path.Join(_root, path))).TryGet(out var document, out _)
                && document.ModelIds.Contains(cellId);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
