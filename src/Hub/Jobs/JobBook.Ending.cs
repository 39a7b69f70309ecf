using Holdfast.Engines.Contract;

namespace Holdfast.Hub.Jobs;

/// <summary>What becomes of a job whose attempt has ended, or could not begin; and of one whose parts have.</summary>
internal sealed partial class JobBook
{
    private async Task TakeEndAsync(JobEntry entry, IEngine engine, EngineResult<WorkloadStatus> end, bool timedOut)
    {
        var job = entry.Record;
        var (reason, message, exitCode) = JobExit.Of(end);
        if (ledger.Current(job.Id) is { } charge) ledger.End(charge.Id, end.Value?.Ended ?? time.GetUtcNow());
        if (end.Value is { Differences.Count: > 0 } known) job = entry.Update(record => record with { Differences = known.Differences });
        if (timedOut) Finish(entry, JobState.TimedOut, JobReason.MaxDurationExceeded, $"It was ended after {Settings.Quantities.Text(job.Spec.MaxDuration!.Value)}; mend: a larger max_duration.", JobExit.TimedOut);
        else if (job.State == JobState.Cancelling) Finish(entry, JobState.Cancelled, JobReason.CancelledByUser, "It was cancelled.", exitCode ?? JobExit.Platform);
        else if (reason is JobReason.CancelledByUser) Finish(entry, JobState.Cancelled, reason, message, exitCode ?? JobExit.Platform);
        else if (reason is null) Finish(entry, JobState.Succeeded, null, null, 0);
        else if (JobRules.IsTriedAgain(job, reason, exitCode)) Again(entry, reason, message, Pause(job.Attempts.Count), isAttempt: true, exitCode);
        else Finish(entry, JobState.Failed, reason, message, exitCode ?? JobExit.Platform);
        await starter.ClearAsync(engine, job, CancellationToken.None);
    }

    /// <summary>What a start that failed means: what will pass is waited for.</summary>
    private void FailToStart(JobEntry entry, EngineFault fault)
    {
        var reason = fault.Code switch
        {
            "image-missing" => JobReason.ImageMissing,
            "image-pull-failed" or "image-push-failed" or "registry-unavailable" or "not-permitted" => JobReason.ImagePullFailed,
            "disk-full" => JobReason.DiskFull,
            // What a hub has left that was killed in the middle of a start: it goes, and the next try finds the place free.
            "unavailable" or "exists" => JobReason.EngineUnavailable,
            "store-unavailable" => JobReason.StoreUnavailable,
            "no-capacity" => JobReason.NoCapacity,
            _ => JobReason.SetupFailed,
        };
        if (fault.Code is "unavailable" or "exists" or "registry-unavailable" or "store-unavailable") Wait(entry, reason, fault.Message);
        else Finish(entry, JobState.Failed, reason, fault.Message, JobExit.Platform);
    }

    private void Wait(JobEntry entry, string reason, string message)
    {
        var job = entry.Record;
        JobsLog.Waits(log, job.Id, job.Spec.Name!, reason, message);
        // The longer it has waited, the less it asks.
        Again(entry, reason, message, TimeSpan.FromTicks(Math.Clamp((time.GetUtcNow() - job.Created).Ticks / 4, Soon.Ticks, Latest.Ticks)), isAttempt: false);
    }

    /// <summary>Back into the queue.</summary>
    private void Again(JobEntry entry, string? reason, string? message, TimeSpan pause, bool isAttempt, int? exitCode = null)
    {
        var now = time.GetUtcNow();
        var job = entry.Update(record => record.State == JobState.Cancelling
            ? Over(record, JobState.Cancelled, JobReason.CancelledByUser, "It was cancelled.", exitCode ?? JobExit.Platform)
            : record with
            {
                State = JobState.Queued,
                IsAsked = false,
                Reason = isAttempt ? JobReason.Retrying : reason,
                Message = isAttempt ? $"Attempt {record.Attempts.Count} ended: {message} The next one follows." : message,
                NotBefore = now + pause,
                Gpus = [],
                Attempts = isAttempt
                    ? [.. record.Attempts.SkipLast(1), record.Attempts[^1] with { Ended = now, ExitCode = exitCode, Reason = reason, Message = message }]
                    : [.. record.Attempts.SkipLast(1)],
            });
        Leave(job);
        lock (_turn)
        {
            // One that is over, or was cancelled meanwhile, is not put there.
            if (_open.ContainsKey(job.Id) && !entry.Record.IsOver) QueueOf(job).Put(job);
        }
        // Others do not wait for its pause.
        Schedule();
        if (job.NotBefore is { } due) _ = WakeAsync(due);
    }

    private async Task WakeAsync(DateTimeOffset due)
    {
        try
        {
            // A timer may be a little early, and what is not due by then would be forgotten.
            while (due - time.GetUtcNow() is { Ticks: > 0 } left) await Task.Delay(left + TimeSpan.FromMilliseconds(1), time, _hub.Token);
            Schedule();
        }
        catch (OperationCanceledException)
        {
            // The hub ends.
        }
    }

    private void Finish(JobEntry entry, JobState state, string? reason, string? message, int exitCode)
    {
        var job = entry.Record;
        if (job.IsOver || job.State == JobState.Finishing) return;
        if (job is { Store: not null, Started: not null })
        {
            entry.Update(record => Finishing(record, new JobOutcome(state, reason, message, exitCode), time.GetUtcNow()));
            lock (_turn) Begin(() => StoreAsync(entry));
            // It waits for the store alone: others have its room.
            Leave(job);
            Schedule();
            return;
        }
        // Complete before it is told: who hears of the end finds the manifest.
        WriteManifest(Over(job, state, reason, message, exitCode));
        job = entry.Update(record => Over(record, state, reason, message, exitCode));
        JobsLog.Ended(log, job.Id, job.Spec.Name!, job.State, job.Reason);
        Leave(job);
        Schedule();
    }

    private JobRecord Over(JobRecord job, JobState state, string? reason, string? message, int? exitCode) => Over(job, new JobOutcome(state, reason, message, exitCode));

    private JobRecord Over(JobRecord job, JobOutcome outcome)
    {
        var now = time.GetUtcNow();
        return job with
        {
            State = outcome.State,
            Reason = outcome.Reason,
            Message = outcome.Message,
            ExitCode = outcome.ExitCode,
            Outcome = null,
            Gpus = [],
            Ended = now,
            NotBefore = null,
            Attempts = Ended(job.Attempts, now, outcome),
        };
    }

    private static IReadOnlyList<JobAttempt> Ended(IReadOnlyList<JobAttempt> attempts, DateTimeOffset now, JobOutcome outcome) => attempts is [.., { Ended: null } last]
        ? [.. attempts.SkipLast(1), last with { Ended = now, ExitCode = outcome.ExitCode, Reason = outcome.Reason, Message = outcome.Message }] : attempts;

    /// <summary>A job has given its turn back; who calls gives it to others.</summary>
    private void Leave(JobRecord job)
    {
        lock (_turn)
        {
            _room.Release(job.Id);
            QueueOf(job).AtWork(job.Owner, -1);
        }
    }

    /// <summary>After each change, by who made it: what depends on it follows.</summary>
    private void Tell(JobRecord before, JobRecord now)
    {
        foreach (var observer in observers) observer.Changed(before, now);
        // One that was asked for and has come back stands in the same state, and counts otherwise.
        if (before.State == now.State && before.IsAsked == now.IsAsked) return;
        lock (_turn)
        {
            if (now.IsOver)
            {
                _open.Remove(now.Id);
                QueueOf(now).Remove(now);
            }
            if (now.Parent is { } whole && _progress.TryGetValue(whole, out var progress))
            {
                progress.Leave(before);
                progress.Add(now);
            }
        }
        if (before.State == now.State) return;
        if (now.IsOver) Follow(now);
        if (now.Parent is null && (now.IsOver || now.State == JobState.Running))
            events.Add($"job.{JobWords.Of(now.State)}", null, now.Owner, $"Job {now.Spec.Name} ({now.Id}) {JobWords.Happened(now)}");
        if (now.Parent is { } parent) Settle(parent);
    }

    /// <summary>A job with parts stands where they stand.</summary>
    private void Settle(string id)
    {
        JobEntry? entry;
        int left, atWork, begun;
        JobState end;
        int? exitCode;
        lock (_turn)
        {
            if (!_open.TryGetValue(id, out entry) || !_progress.TryGetValue(id, out var progress)) return;
            (left, atWork, exitCode) = (progress.Left, progress.AtWork, progress.ExitCode);
            begun = entry.Record.Parts - progress.Of(JobState.Queued);
            end = exitCode is not null ? JobState.Failed : progress.Of(JobState.Cancelled) > 0 ? JobState.Cancelled : JobState.Succeeded;
            if (left == 0) _progress.Remove(id);
        }
        var now = time.GetUtcNow();
        if (left == 0)
        {
            var reason = end switch { JobState.Failed => JobReason.PartFailed, JobState.Cancelled => JobReason.CancelledByUser, _ => null };
            var message = end switch { JobState.Failed => "Some of its parts failed; mend: its list of parts says which, and why.", JobState.Cancelled => "It was cancelled.", _ => null };
            var code = exitCode ?? (end == JobState.Cancelled ? JobExit.Platform : 0);
            if (entry.Record.Store is null)
            {
                WriteManifest(Over(entry.Record, end, reason, message, code));
                entry.Update(record => Over(record, end, reason, message, code));
            }
            else
            {
                entry.Update(record => Finishing(record, new JobOutcome(end, reason, message, code), now));
                lock (_turn) Begin(() => StoreAsync(entry));
            }
        }
        else if (begun > 0) entry.Update(record => record.State == JobState.Queued ? record with { State = JobState.Running, Started = now } : record);
    }

    private void WriteManifest(JobRecord job) => JobOutputFolder.Write(options.Folders.Storage, job.Output, JobManifest.Name, JobManifest.Of(job, options.Settings));

    private static TimeSpan Pause(int tries) => TimeSpan.FromTicks(Math.Min(Latest.Ticks, Soon.Ticks << Math.Clamp(tries - 1, 0, 10)));
}
