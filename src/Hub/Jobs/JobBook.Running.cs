using Holdfast.Engines.Contract;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Hub.Jobs;

/// <summary>The jobs at work: each that has its turn is a task, from its folders to its end.</summary>
internal sealed partial class JobBook
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1), Latest = TimeSpan.FromMinutes(1), LongestTimer = TimeSpan.FromDays(45);

    async Task IHostedService.StartAsync(CancellationToken cancellationToken)
    {
        _newest = store.Newest();
        code.Clear(store.Codes());
        await ClearEndedAsync(cancellationToken);
        lock (_turn)
        {
            foreach (var job in store.Open())
            {
                if (job.NotBefore is { } due) _ = WakeAsync(due);
                // What had its turn keeps it: only its workload knows whether it was started.
                var entry = Open(job);
                if (job is { Parts: 0, State: JobState.Finishing }) Begin(() => TakeUpStoringAsync(entry));
                else if (job is { Parts: 0, State: not JobState.Queued } or { IsAsked: true })
                {
                    if (!Passes(job.Spec)) _room.Hold(job.Id, ShapeOf(job), job.Gpus);
                    QueueOf(job).AtWork(job.Owner, 1);
                    if (job.State == JobState.Cancelling) entry.Cancelled.Cancel();
                    Begin(() => TakeUpAsync(entry));
                }
            }
            foreach (var (id, progress) in _progress)
            {
                foreach (var part in store.Parts(id).Where(part => part.IsOver)) progress.Add(part);
            }
        }
        foreach (var half in store.Open().Where(job => job is { Parts: > 0, State: JobState.Cancelling }))
        {
            foreach (var part in store.Parts(half.Id)) End(part.Id);
        }
        foreach (var id in _progress.Keys.ToList()) Settle(id);
        foreach (var ended in _followers.Keys.Select(store.Find).OfType<JobRecord>().Where(job => job.IsOver).ToList()) Follow(ended);
        Schedule();
    }

    async Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        // Jobs go on; only this hub's attention ends.
        await _hub.CancelAsync();
        Task[] work;
        lock (_turn) work = [.. _work];
        await Task.WhenAll(work).WaitAsync(cancellationToken);
    }

    /// <summary>Workloads whose end was written down, by a hub that was killed before it had removed them.</summary>
    private async Task ClearEndedAsync(CancellationToken cancellationToken)
    {
        foreach (var engine in options.Engines.Values)
        {
            var list = await engine.ListAsync(JobStart.OwnerLabel(options.Folders), cancellationToken);
            foreach (var workload in list.Ok ? list.Value : [])
            {
                if (!workload.IsOver || !workload.Labels.TryGetValue("job", out var id) || store.Find(id) is { IsOver: false } job && JobStart.WorkloadOf(job) == workload.Id) continue;
                await engine.RemoveAsync(workload.Id, cancellationToken);
            }
        }
    }

    /// <summary>Takes a job into what is open. Under the turn.</summary>
    private JobEntry Open(JobRecord job)
    {
        var entry = new JobEntry(job, store, Tell);
        _open[job.Id] = entry;
        if (job.Parts > 0) _progress.TryAdd(job.Id, new JobProgress());
        else if (job is { State: JobState.Queued, IsAsked: false }) QueueOf(job).Put(job);
        foreach (var before in job.State == JobState.Queued ? job.Spec.After : [])
        {
            if (!_followers.TryGetValue(before, out var followers)) _followers[before] = followers = [];
            followers.Add(job.Id);
        }
        if (job.Parent is { } parent)
        {
            if (!_progress.TryGetValue(parent, out var progress)) _progress[parent] = progress = new JobProgress();
            progress.Add(job);
        }
        return entry;
    }

    /// <summary>Gives what can run its turn.</summary>
    private void Schedule()
    {
        lock (_turn)
        {
            if (_queue.Count + _passing.Count == 0 || _hub.IsCancellationRequested) return;
            var now = time.GetUtcNow();
            var planned = new Dictionary<string, int>();
            foreach (var job in _queue.TakeNext(_room.Left(), ShapeOf, MayRun))
            {
                var entry = _open[job.Id];
                if (_room.TryTake(job.Id, ShapeOf(job)) is not { } taken)
                {
                    _queue.Put(job);
                    continue;
                }
                _queue.AtWork(job.Owner, 1);
                Take(job, 1);
                Begin(() => RunAsync(entry, taken));
            }
            foreach (var job in _passing.TakeNext(JobRoom.Free.Endless, ShapeOf, MayRun))
            {
                var entry = _open[job.Id];
                _passing.AtWork(job.Owner, 1);
                Take(job, 1);
                Begin(() => RunAsync(entry, []));
            }

            bool MayRun(JobRecord job)
            {
                if (job.NotBefore > now || job.IsHeld || !job.Spec.After.All(HasSucceeded)) return false;
                if (job.Parent is not { } parent || !_open.TryGetValue(parent, out var whole) || whole.Record.Spec.Sweep?.MaxParallel is not { } most) return true;
                var more = planned.GetValueOrDefault(parent);
                var progress = _progress[parent];
                if (progress.AtWork + progress.Asked + progress.Taken + more >= most) return false;
                planned[parent] = more + 1;
                return true;
            }
        }
    }

    /// <summary>A part has been given its turn, or stands so now. Under the turn.</summary>
    private void Take(JobRecord job, int change)
    {
        if (job.Parent is { } parent && _progress.TryGetValue(parent, out var progress)) progress.Taken += change;
    }

    private void Begin(Func<Task> work)
    {
        _work.RemoveAll(task => task.IsCompleted);
        _work.Add(Task.Run(work));
    }

    private async Task RunAsync(JobEntry entry, IReadOnlyList<int> taken)
    {
        await GuardAsync(entry, async () =>
        {
            // 1. Its turn.
            var log = new FileInfo(options.Folders.LogOf(entry.Record.Id));
            var job = entry.Update(record => record.State != JobState.Queued ? record : record with
            {
                State = JobState.Preparing,
                Reason = null,
                Message = null,
                NotBefore = null,
                Gpus = taken,
                Type = ShapeOf(record).Type.Name,
                Attempts = [.. record.Attempts, new JobAttempt(record.Attempts.Count + 1, time.GetUtcNow(), null, null, null, null, null, log.Exists ? log.Length : 0)],
            });
            lock (_turn) Take(job, -1);
            if (job.State != JobState.Preparing)
            {
                // It was cancelled between its turn and here.
                Leave(job);
                Schedule();
                return;
            }
            var place = options.Folders.JobOf(job.Id);
            if (Path.GetDirectoryName(place)! is var all && !Directory.Exists(all) && new FileInfo(all).LinkTarget is { } away)
            {
                Wait(entry, JobReason.EngineUnavailable, $"{all} is a link to {away}, which is not there; mend: mount it.");
                return;
            }
            HubFolders.Make(place);
            using var wanted = CancellationTokenSource.CreateLinkedTokenSource(_hub.Token, entry.Cancelled.Token);
            try
            {
                // 2. The image, always the same one.
                if (starter.EngineOf(job) is not { } engine)
                {
                    Wait(entry, JobReason.EngineUnavailable, "There is no such engine here any more; mend: holdfast doctor.");
                    return;
                }
                var image = await starter.FetchAsync(engine, job, new Progress(entry), wanted.Token);
                if (!image.Ok)
                {
                    FailToStart(entry, image.Fault);
                    return;
                }
                job = entry.Update(record => record with { ImageReference = image.Value.Reference, Digest = image.Value.Digest, Message = null });

                // 3. The place of its output.
                if (job.Store is not null && await places.PrepareAsync(job, new Progress(entry), wanted.Token) is { } nowhere)
                {
                    FailToStart(entry, new EngineFault(nowhere.Code == "unavailable" ? "store-unavailable" : "setup-failed", nowhere.Message));
                    return;
                }

                // 4. The workload.
                wanted.Token.ThrowIfCancellationRequested();
                var started = await starter.RunAsync(engine, job, image.Value, wanted.Token);
                if (!started.Ok)
                {
                    await starter.ClearAsync(engine, job, CancellationToken.None);
                    FailToStart(entry, started.Fault);
                    return;
                }
                await FollowAsync(entry, engine, started.Value);
            }
            catch (OperationCanceledException) when (!_hub.IsCancellationRequested)
            {
                if (starter.EngineOf(job) is { } engine)
                {
                    await engine.StopAsync(JobStart.WorkloadOf(job), TimeSpan.Zero, CancellationToken.None);
                    await starter.ClearAsync(engine, job, CancellationToken.None);
                }
                Finish(entry, JobState.Cancelled, JobReason.CancelledByUser, "It was cancelled before its command ran.", JobExit.Platform);
            }
        });
    }

    /// <summary>After a start of the hub: what was started is followed, what was not goes back into the queue.</summary>
    private Task TakeUpAsync(JobEntry entry) => GuardAsync(entry, async () =>
    {
        var job = entry.Record;
        var engine = starter.EngineOf(job);
        var status = engine is null ? new EngineFault("unavailable", "There is no such engine.") : await engine.InspectAsync(JobStart.WorkloadOf(job), _hub.Token);
        while (status is { Fault.Code: "unavailable" })
        {
            entry.Update(record => record with { Reason = JobReason.EngineUnavailable, Message = status.Fault!.Message });
            await Task.Delay(Soon, time, _hub.Token);
            if (engine is not null) status = await engine.InspectAsync(JobStart.WorkloadOf(job), _hub.Token);
        }
        if (status.Ok) await FollowAsync(entry, engine!, status.Value);
        else if (job.Attempts[^1].Started is not null) await TakeEndAsync(entry, engine!, status, timedOut: false);
        else if (job.State == JobState.Cancelling) Finish(entry, JobState.Cancelled, JobReason.CancelledByUser, "It was cancelled before its command ran.", JobExit.Platform);
        else Again(entry, null, null, TimeSpan.Zero, isAttempt: false);
    });

    /// <summary>Waits for the end of what was started, or asked for, however often its engine begins it anew.</summary>
    private async Task FollowAsync(JobEntry entry, IEngine engine, WorkloadStatus started)
    {
        EngineResult<WorkloadStatus> status = started;
        var timedOut = false;
        do
        {
            if (status.Value?.Waiting is not null) status = await AwaitTurnAsync(entry, engine, status.Value);
            if (status is { Ok: true, Value: { } now } && (!engine.SchedulesItself || now.IsRunning || now.ExitCode is not null))
            {
                if (Requeued(entry, now)) (status, timedOut) = await FollowRunAsync(entry, engine, now);
                else
                {
                    await StopAsync(engine, entry.Record, TimeSpan.Zero);
                    status = new EngineFault("not-found", "It was begun anew, and must not be.");
                }
            }
        }
        while (status is { Ok: true, Value.Waiting: not null });
        await TakeEndAsync(entry, engine, status, timedOut || entry.Record.Reason == JobReason.MaxDurationExceeded);
    }

    /// <summary>Waits for the end of what runs, and brings it about when it is cancelled or has run as long as it may.</summary>
    private async Task<(EngineResult<WorkloadStatus> Status, bool TimedOut)> FollowRunAsync(JobEntry entry, IEngine engine, WorkloadStatus started)
    {
        var isNew = entry.Record.Attempts[^1].Started is null;
        var job = entry.Update(record => record with
        {
            State = record.State is JobState.Preparing or JobState.Queued ? JobState.Running : record.State,
            IsAsked = false,
            // Why it is being ended stays.
            Reason = record.State == JobState.Cancelling ? record.Reason : null,
            Message = null,
            Started = record.Started ?? started.Started,
            Attempts = [.. record.Attempts.SkipLast(1), record.Attempts[^1] with { Started = record.Attempts[^1].Started ?? started.Started }],
        });
        if (isNew) JobsLog.Runs(log, job.Id, job.Spec.Name!, job.Attempts.Count);
        var shape = ShapeOf(job);
        ledger.BeginRun(job.Id, job.Spec.Name!, job.Owner, shape.Type.Name, shape.Type.Price, options.Settings.Currency);
        WriteManifest(job);

        using var watching = CancellationTokenSource.CreateLinkedTokenSource(_hub.Token);
        var end = WaitForEndAsync(engine, JobStart.WorkloadOf(job), started, watching.Token);
        var cancelled = Task.Delay(Timeout.InfiniteTimeSpan, entry.Cancelled.Token);
        var limit = job.Spec.MaxDuration is { } most ? job.Attempts[^1].Started!.Value + most - time.GetUtcNow() : (TimeSpan?)null;
        var late = limit is { } left ? LateAsync(left, watching.Token) : Task.Delay(Timeout.InfiniteTimeSpan, watching.Token);
        var uploading = job.Store is null ? Task.CompletedTask : UploadAsync(entry, watching.Token);
        var timedOut = false;
        EngineResult<WorkloadStatus> status;
        try
        {
            var first = await Task.WhenAny(end, cancelled, late);
            _hub.Token.ThrowIfCancellationRequested();
            if (first != end)
            {
                timedOut = first == late;
                entry.Update(record => record with { State = JobState.Cancelling, Reason = timedOut ? JobReason.MaxDurationExceeded : record.Reason });
                await StopAsync(engine, job, job.Spec.StopGrace ?? JobRules.DefaultGrace);
            }
            status = await end;
        }
        finally
        {
            await watching.CancelAsync();
            await uploading;
        }
        return (status, timedOut);
    }

    /// <summary>No timer is longer than 49 days.</summary>
    private async Task LateAsync(TimeSpan left, CancellationToken cancellationToken)
    {
        for (; left > LongestTimer; left -= LongestTimer) await Task.Delay(LongestTimer, time, cancellationToken);
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, cancellationToken);
    }

    /// <summary>Waits until what runs does not any more: it has ended, or its engine has put it back.</summary>
    private async Task<EngineResult<WorkloadStatus>> WaitForEndAsync(IEngine engine, string workload, WorkloadStatus running, CancellationToken cancellationToken)
    {
        var end = running.IsOver && engine.SchedulesItself ? running : await ChangeAsync(engine, workload, running, cancellationToken);
        while (engine.SchedulesItself && end is { Ok: true, Value: { IsRunning: true } again } && again.Requeues == running.Requeues) end = await ChangeAsync(engine, workload, again, cancellationToken);
        // Begun anew before anybody had seen it wait.
        return end is { Ok: true, Value: { IsRunning: true } anew } ? anew with { IsRunning = false, Waiting = new WorkloadWait("It was begun anew.", null, null) } : end;
    }

    private async Task<EngineResult<WorkloadStatus>> ChangeAsync(IEngine engine, string workload, WorkloadStatus last, CancellationToken cancellationToken)
    {
        EngineResult<WorkloadStatus> now;
        // An engine that does not answer for a while does not end what runs.
        while ((now = await engine.WaitForChangeAsync(workload, last, cancellationToken)) is { Fault.Code: "unavailable" }) await Task.Delay(Soon, time, cancellationToken);
        return now;
    }

    private async Task GuardAsync(JobEntry entry, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            // The hub ends; the next one takes the job up.
        }
        catch (Exception fault)
        {
            // A folder, the disk, or what somebody has put there: the job's trouble, not the hub's.
            JobsLog.Unforeseen(log, fault, entry.Record.Id);
            var engine = starter.EngineOf(entry.Record);
            if (engine is not null) await engine.StopAsync(JobStart.WorkloadOf(entry.Record), JobRules.DefaultGrace, CancellationToken.None);
            Finish(entry, JobState.Failed, fault is IOException { HResult: 28 or 122 /* ENOSPC, EDQUOT */ } ? JobReason.DiskFull : JobReason.SetupFailed, fault.Message, JobExit.Platform);
            if (engine is not null) await starter.ClearAsync(engine, entry.Record, CancellationToken.None);
        }
    }

    /// <summary>What the engine says while it fetches.</summary>
    private sealed class Progress(JobEntry entry) : IProgress<string>
    {
        public void Report(string value) => entry.Update(record => record with { Message = value });
    }
}
