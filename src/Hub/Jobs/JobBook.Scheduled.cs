using Holdfast.Engines.Contract;

namespace Holdfast.Hub.Jobs;

/// <summary>Jobs on an engine that decides itself when they run: they are queued there, and one that the engine begins anew has a further attempt.</summary>
internal sealed partial class JobBook
{
    /// <summary>Waits until the engine runs it, or has ended it; shows what the engine says meanwhile.</summary>
    private async Task<EngineResult<WorkloadStatus>> AwaitTurnAsync(JobEntry entry, IEngine engine, WorkloadStatus status)
    {
        EngineResult<WorkloadStatus> now = status;
        while (now is { Ok: true, Value: { Waiting: { } wait } waiting })
        {
            entry.Wait = wait;
            if (!Requeued(entry, waiting))
            {
                await StopAsync(engine, entry.Record, TimeSpan.Zero);
                return await engine.InspectAsync(JobStart.WorkloadOf(entry.Record), _hub.Token);
            }
            entry.Update(record => record.State == JobState.Cancelling ? record : record with { State = JobState.Queued, IsAsked = true, Reason = JobReason.Scheduled, Message = wait.Reason });
            using var watching = CancellationTokenSource.CreateLinkedTokenSource(_hub.Token);
            var change = ChangeAsync(engine, JobStart.WorkloadOf(entry.Record), waiting, watching.Token);
            if (await Task.WhenAny(change, Task.Delay(Timeout.InfiniteTimeSpan, entry.Cancelled.Token)) == change) now = await change;
            else
            {
                await watching.CancelAsync();
                await StopAsync(engine, entry.Record, TimeSpan.Zero);
                now = await engine.InspectAsync(JobStart.WorkloadOf(entry.Record), _hub.Token);
                // It may have begun in this very moment: then it is ended as what runs is.
                if (now is { Value.IsRunning: true }) break;
            }
        }
        entry.Wait = null;
        return now;
    }

    private async Task StopAsync(IEngine engine, JobRecord job, TimeSpan grace)
    {
        while (await engine.StopAsync(JobStart.WorkloadOf(job), grace, _hub.Token) is { Fault.Code: "unavailable" }) await Task.Delay(Soon, time, _hub.Token);
    }

    /// <summary>What the engine has begun anew is an attempt more; false when it must not be.</summary>
    private bool Requeued(JobEntry entry, WorkloadStatus status)
    {
        while (entry.Record is { State: not JobState.Cancelling, Attempts: [.., var last] } && last.Requeue < status.Requeues)
        {
            var before = entry.Record;
            if (ledger.Current(before.Id) is { } charge) ledger.End(charge.Id, time.GetUtcNow());
            var mayRun = JobRules.IsTriedAgain(before, JobReason.Interrupted, null);
            var message = $"Its node{(status.Node is { } node ? $" {node}" : "")} went away. {(mayRun ? "Slurm has put it back into its queue." : "It is not tried again (retry).")}";
            var output = new FileInfo(options.Folders.LogOf(before.Id));
            entry.Update(record => record with
            {
                Attempts =
                [
                    .. record.Attempts.SkipLast(1),
                    last with { Ended = time.GetUtcNow(), Reason = JobReason.Interrupted, Message = message },
                    .. mayRun ? (JobAttempt[])[new JobAttempt(record.Attempts.Count + 1, time.GetUtcNow(), null, null, null, null, null, output.Exists ? output.Length : 0) { Requeue = last.Requeue + 1 }] : [],
                ],
            });
            JobsLog.Requeued(log, before.Id, before.Spec.Name!, message);
            if (!mayRun) return false;
        }
        return true;
    }
}
