namespace Holdfast.Hub.Jobs;

/// <summary>Jobs whose output goes to a store: uploaded while they run, and all of it before they are over.</summary>
internal sealed partial class JobBook
{
    /// <summary>Uploads what a job writes until it is cancelled; that the store is away is said with the job, which goes on.</summary>
    private async Task UploadAsync(JobEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            await upload.FollowAsync(entry.Record, fault => TellStore(entry, fault), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Its command has ended, or the hub does.
        }
        catch (Exception fault)
        {
            // What is left is uploaded at its end.
            JobsLog.Unforeseen(log, fault, entry.Record.Id);
        }
    }

    private void TellStore(JobEntry entry, HubFault? fault)
    {
        var before = entry.Record.Reason;
        var job = entry.Update(record => record switch
        {
            { State: not (JobState.Running or JobState.Finishing) } or { Reason: not (null or JobReason.StoreUnavailable) } => record,
            _ when fault is not null => record with { Reason = JobReason.StoreUnavailable, Message = $"{fault.Message} Until then what it writes is in {record.Output} alone; it is tried again." },
            { Reason: JobReason.StoreUnavailable } => record with { Reason = null, Message = null },
            _ => record,
        });
        if (fault is not null && job.Reason != before) JobsLog.Waits(log, job.Id, job.Spec.Name!, JobReason.StoreUnavailable, fault.Message);
    }

    /// <summary>After a start of the hub: goes on with the output of a job whose command has ended.</summary>
    private async Task TakeUpStoringAsync(JobEntry entry)
    {
        if (starter.EngineOf(entry.Record) is { } engine) await starter.ClearAsync(engine, entry.Record, CancellationToken.None);
        await StoreAsync(entry);
    }

    /// <summary>The command has ended, or all parts have; where the job will stand is kept until its output is stored.</summary>
    private static JobRecord Finishing(JobRecord job, JobOutcome outcome, DateTimeOffset now) => job with
    {
        State = JobState.Finishing,
        Outcome = outcome,
        Reason = null,
        Message = $"What is left of its output is uploaded to {job.Store}.",
        Gpus = [],
        Attempts = Ended(job.Attempts, now, outcome),
    };

    /// <summary>Uploads what is left, the manifest last; then the job is over.</summary>
    private async Task StoreAsync(JobEntry entry)
    {
        var (job, outcome) = (entry.Record, entry.Record.Outcome!);
        HubFault? fault;
        var isCancelled = false;
        try
        {
            using var wanted = CancellationTokenSource.CreateLinkedTokenSource(_hub.Token, entry.GivenUp.Token);
            var since = job.Attempts is [.., { Ended: { } ended }] ? ended : time.GetUtcNow();
            // 1. Its files; those of parts are the parts' to upload.
            fault = job.Parts > 0 ? null : await upload.FinishAsync(job, manifest: false, since, problem => TellStore(entry, problem), wanted.Token);
            // 2. What says that it is all of it.
            if (fault is null)
            {
                WriteManifest(Over(job, outcome));
                fault = await upload.FinishAsync(job, manifest: true, since, problem => TellStore(entry, problem), wanted.Token);
            }
        }
        catch (OperationCanceledException) when (_hub.IsCancellationRequested)
        {
            // The next hub goes on.
            return;
        }
        catch (OperationCanceledException)
        {
            (fault, isCancelled) = (new HubFault("conflict", "It was cancelled."), true);
        }
        catch (Exception trouble)
        {
            JobsLog.Unforeseen(log, trouble, job.Id);
            fault = new HubFault("unavailable", trouble.Message);
        }

        // 3. Its end.
        var end = fault is null ? outcome : NotStored(job, outcome, fault, isCancelled);
        if (fault is not null) WriteManifest(Over(job, end));
        job = entry.Update(record => Over(record, end));
        JobsLog.Ended(log, job.Id, job.Spec.Name!, job.State, job.Reason);
        Schedule();
        if (fault is not null || outcome.State != JobState.Succeeded) return;
        try
        {
            places.Stored(job, Parts(job));
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            // The folder stays for a while longer.
            JobsLog.Unforeseen(log, trouble, job.Id);
        }
    }

    private static JobOutcome NotStored(JobRecord job, JobOutcome outcome, HubFault fault, bool isCancelled)
    {
        var message = $"Its output could not be uploaded to {job.Store}: {fault.Message} All of it is in {job.Output}.";
        if (outcome.State != JobState.Succeeded) return outcome with { Message = $"{outcome.Message} {message}" };
        return isCancelled ? new JobOutcome(JobState.Cancelled, JobReason.CancelledByUser, message, JobExit.Platform) : new JobOutcome(JobState.Failed, JobReason.OutputNotStored, $"Its command succeeded. {message}", JobExit.Platform);
    }
}
