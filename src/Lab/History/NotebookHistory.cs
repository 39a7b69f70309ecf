using System.Threading.Channels;
using Holdfast.History;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.History;

/// <summary>
/// Takes note of notebooks before and after they are written, and keeps versions of them in the background. Whoever replaces a notebook's file
/// calls <see cref="Before"/> first and <see cref="Note"/> afterwards: so no version is missed, whatever writes when. A call opens the file
/// and returns; a history that cannot be kept costs nobody a save.
/// </summary>
internal sealed class NotebookHistory : IAsyncDisposable
{
    /// <summary>Files that wait, each held open. There are more only while the disk is full or the database locked; then the oldest goes.</summary>
    private const int MostWaiting = 64;
    private static readonly TimeSpan WaitForList = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WaitForEnd = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly ILogger<NotebookHistory> _log;
    private readonly Channel<HistoryEntry> _waiting;
    private readonly CancellationTokenSource _ending = new();
    private readonly Lazy<Task> _writer;

    public NotebookHistory(LabOptions options, TimeProvider time, Http.IdleMemory memory, ILogger<NotebookHistory> log)
    {
        (_time, _log) = (time, log);
        var (limit, problem) = HistoryLimit.FromEnvironment(options.Environment);
        if (problem is not null)
            HistoryLog.WrongLimit(log, problem);
        IsKept = limit > 0;
        _waiting = Channel.CreateBounded<HistoryEntry>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, Drop);
        // Nothing of it is there in a lab in which nobody writes a notebook.
        _writer = new(() => new HistoryWriter(options.StateFolder, limit, _waiting.Reader, time, memory, log).RunAsync(_ending.Token));
    }

    /// <summary>Whether versions are kept at all.</summary>
    public bool IsKept { get; }

    /// <summary>A notebook's file is about to be replaced or removed: what is there now is kept, unless it is the newest version.</summary>
    public void Before(string path) => Note(path, VersionKind.Outside);

    /// <summary>
    /// A notebook's file was written. Of many runs in a row the last is kept; everything else at once, in the order of the calls.
    /// </summary>
    /// <param name="path">Absolute.</param>
    /// <param name="kind">What wrote it.</param>
    public void Note(string path, VersionKind kind)
    {
        if (IsKept && NotedFile.Open(path, kind, _time.GetUtcNow()) is { } file)
            Add(new HistoryEntry { File = file });
    }

    /// <summary>A notebook or a folder has another name now.</summary>
    public void Renamed(string from, string to)
    {
        if (IsKept)
            Add(new HistoryEntry { Move = (from, to, _time.GetUtcNow()) });
    }

    /// <summary>Waits until all that was noted so far is kept, but not for long: the disk may be full.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        if (!_writer.IsValueCreated)
            return;
        var entry = new HistoryEntry { Settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously) };
        Add(entry);
        try
        {
            await entry.Settled.Task.WaitAsync(WaitForList, cancellationToken);
        }
        catch (TimeoutException)
        {
            // What is kept can be shown all the same.
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        if (_writer.IsValueCreated)
        {
            _ending.CancelAfter(WaitForEnd);
            await _writer.Value;
        }
        _ending.Dispose();
    }

    private void Add(HistoryEntry entry)
    {
        if (!_waiting.Writer.TryWrite(entry))
            entry.Dispose();
        _ = _writer.Value;
    }

    private void Drop(HistoryEntry entry)
    {
        HistoryLog.NotKept(_log, entry.File?.Path ?? entry.Move?.From ?? "", "too many wait already");
        entry.Dispose();
    }
}
