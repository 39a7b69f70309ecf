using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;

namespace Holdfast.Lab.Recording;

/// <summary>The recorder's own pace: reading what kernels send, and writing it.</summary>
internal sealed partial class Recorder
{
    /// <summary>What comes within this time is folded together.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a notebook is written while one of its cells runs.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private async Task FollowAsync(KernelRecording recording)
    {
        var watch = _keeper.Watch(recording.Kernel.Id);
        var isGone = false;
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                CatchUp(recording);
                var next = Write(recording, isGone, out var handled);
                if (next is null)
                    await TellKeeperAsync(recording);
                if (isGone)
                {
                    if (next is not { } again || !IsOwed(recording))
                        break;
                    await Task.Delay(again > _time.GetUtcNow() ? again - _time.GetUtcNow() : TimeSpan.Zero, _time, _ending.Token);
                    continue;
                }
                isGone = await WaitAsync(watch, handled, next) < 0;
                if (!isGone)
                    await Task.Delay(Pause, _time, _ending.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (Exception fault)
            {
                // Whatever it is, the kernel's outputs are in the journal; the recorder must not end for it.
                RecordingLog.Failed(_log, recording.Kernel.Id, fault);
                await Task.Delay(Interval, _time, _ending.Token).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
        Keep(recording);
        if (!isGone)
            return;
        lock (_gate)
        {
            // What the file has stands; only what it lacks must stay known.
            if (!Pending(recording).Any())
            {
                _recordings.Remove(recording.Kernel.Id);
                recording.Dispose();
            }
        }
    }

    /// <summary>Whether a notebook that is there lacks something of a kernel that has ended, and it is this lab's to write: a disk that is full, or a file with a conflict in it, gets better.</summary>
    private bool IsOwed(KernelRecording recording)
    {
        lock (_gate)
            return IsWriting && Pending(recording).Any(execution => File.Exists(Path.Join(_options.Root, execution.Path)));
    }

    /// <summary>Says to the keeper how far all that is followed is whole in files.</summary>
    public async Task TellKeeperAsync()
    {
        List<KernelRecording> recordings;
        lock (_gate)
            recordings = [.. _recordings.Values];
        foreach (var recording in recordings)
            await TellKeeperAsync(recording);
    }

    /// <summary>Says what the keeper's retention may let go in time.</summary>
    private async Task TellKeeperAsync(KernelRecording recording)
    {
        long upTo;
        lock (_gate)
            upTo = recording.WholeUpTo;
        if (IsWriting && upTo > recording.Told && (await _keeper.AllowAsync(recording.Kernel.Id, upTo, _ending.Token)).Failure is null)
            recording.Told = upTo;
    }

    /// <summary>Waits for more than was handled, whoever has folded it, at most until a notebook is due; -1 when the kernel is gone.</summary>
    private async Task<long> WaitAsync(KernelWatch watch, long handled, DateTimeOffset? due)
    {
        if (due is not { } until)
            return await watch.WaitAsync(handled, _ending.Token);
        using var limit = new CancellationTokenSource(until > _time.GetUtcNow() ? until - _time.GetUtcNow() : TimeSpan.Zero, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _ending.Token);
        try
        {
            return await watch.WaitAsync(handled, either.Token);
        }
        catch (OperationCanceledException) when (!_ending.IsCancellationRequested)
        {
            return 0;
        }
    }

    /// <summary>Writes the notebooks that are due; gives the time when the next one is, null when nothing is left to write.</summary>
    private DateTimeOffset? Write(KernelRecording recording, bool isGone, out long handled)
    {
        List<(string Path, bool HasEnd)> pending;
        lock (_gate)
        {
            if (isGone)
            {
                foreach (var execution in recording.Fold.Executions)
                    execution.Lose(recording.Number);
            }
            handled = recording.Number;
            pending = [.. Pending(recording).GroupBy(execution => execution.Path)
                .Select(notebook => (notebook.Key, notebook.Any(execution => execution.IsOver && IsPending(execution))))];
        }
        DateTimeOffset? next = null;
        foreach (var (path, hasEnd) in pending)
        {
            var progress = ProgressOf(path);
            var due = hasEnd ? progress.Retry : progress.Next > progress.Retry ? progress.Next : progress.Retry;
            if (due <= _time.GetUtcNow() && WriteNotebook(path, progress))
                Keep(recording);
            else
                next = next < due ? next : due < _time.GetUtcNow() ? _time.GetUtcNow() + Interval : due;
        }
        return next;
    }

    /// <summary>Executions whose notebooks lack something, of them or of the kernel's widgets.</summary>
    private static IEnumerable<Execution> Pending(KernelRecording recording) => recording.Fold.Executions.Where(recording.Fold.Widgets.IsPending
        ? execution => execution is { IsDropped: false, HasBegun: true }
        : IsPending);

    /// <summary>Whether the file lacks something of it.</summary>
    private static bool IsPending(Execution execution) => execution is { IsDropped: false, HasBegun: true } && execution.Changed > execution.Written;

    private NotebookProgress ProgressOf(string path)
    {
        lock (_gate)
        {
            if (!_progress.TryGetValue(path, out var progress))
                _progress[path] = progress = new NotebookProgress();
            return progress;
        }
    }

    private void Keep(KernelRecording recording)
    {
        // A lab that follows the same kernel would take what a run keeps for the state of a lab that writes: it is kept once, at the end.
        if (_only is not null ? !_isStopped : !_writing.IsThis)
            return;
        try
        {
            lock (_gate)
                recording.Keep();
            if (_only is null)
                _times.Keep();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            RecordingLog.NotKept(_log, recording.Kernel.Folder, fault.Message);
        }
    }

    /// <summary>
    /// Kernels that ended while no lab was there. What their notebooks lack is written, but nothing over a notebook that somebody changed after
    /// that.
    /// </summary>
    private async Task FinishEndedAsync()
    {
        try
        {
            foreach (var kernel in KernelArchive.All(new KeeperHome(_options.StateFolder, "")))
            {
                if (_ending.IsCancellationRequested)
                    break;
                if (kernel.Root == _options.Root && _keeper.Find(kernel.Id) is null)
                    await FinishAsync(kernel);
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            RecordingLog.NotKept(_log, _options.StateFolder, fault.Message);
        }
    }

    private async Task FinishAsync(KernelRecord kernel)
    {
        using var recording = new KernelRecording(kernel, _options.Root);
        if (recording.Number >= kernel.LastSequence && !Pending(recording).Any())
            return;
        while (recording.CatchUp())
        {
        }
        foreach (var execution in recording.Fold.Executions.ToList())
        {
            var full = Path.Join(_options.Root, execution.Path);
            execution.Lose(recording.Number);
            if (Posix.FileStatus.Of(full) is not { } status || _times.Of(full, status).Modified > (execution.LastOutput ?? execution.Sent))
                recording.Fold.Remove(execution);
        }
        lock (_gate)
        {
            if (!_recordings.TryAdd(kernel.Id, recording))
                return;
        }
        foreach (var path in Pending(recording).Select(execution => execution.Path).Distinct().ToList())
            WriteNotebook(path, ProgressOf(path));
        Keep(recording);
        await TellKeeperAsync(recording);
        lock (_gate)
            _recordings.Remove(kernel.Id);
    }
}
