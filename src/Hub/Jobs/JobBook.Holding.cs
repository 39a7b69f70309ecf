using Holdfast.Engines.Contract;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Jobs;

/// <summary>Jobs that wait because somebody says so, or for others.</summary>
internal sealed partial class JobBook
{
    /// <summary>Holds a job back that waits, or lets it go on; of one with parts those that wait.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="idOrName">The job.</param>
    /// <param name="isHeld">Held back, or not any more.</param>
    /// <param name="cancellationToken">Gives up asking the engine.</param>
    public async Task<HubResult<JobRecord>> HoldAsync(Caller caller, string idOrName, bool isHeld, CancellationToken cancellationToken)
    {
        if (MayNotWrite(caller) is { } refused) return refused;
        var found = Find(caller, idOrName);
        if (!found.Ok) return found;
        var job = found.Value;
        var waiting = (job.Parts == 0 ? [job] : Parts(job)).Where(each => each.State == JobState.Queued).ToList();
        if (waiting.Count == 0) return new HubFault("conflict", $"{job.Id} is {JobWords.Of(job.State)}, and only what waits can be {(isHeld ? "held" : "released")}; mend: holdfast job cancel ends it.");
        audit.Write(caller.Name, isHeld ? "job.hold" : "job.release", job.Id, job.Spec.Name);
        foreach (var each in waiting)
        {
            if (await HoldAsync(each.Id, isHeld, cancellationToken) is { } fault) return fault;
        }
        Schedule();
        return Find(caller, job.Id);
    }

    private async Task<HubFault?> HoldAsync(string id, bool isHeld, CancellationToken cancellationToken)
    {
        JobEntry? entry;
        bool isIn;
        lock (_turn)
        {
            if (!_open.TryGetValue(id, out entry)) return null;
            // Out of the queue before anybody can start it.
            isIn = QueueOf(entry.Record).Position(entry.Record) is not null;
            QueueOf(entry.Record).Remove(entry.Record);
        }
        if (isIn)
        {
            entry.Update(record => record with
            {
                IsHeld = isHeld,
                Reason = isHeld ? JobReason.Held : record.Spec.After.Count > 0 ? JobReason.WaitsForJob : null,
                Message = isHeld ? $"It is held; mend: holdfast job release {record.Id}." : WaitsFor(record.Spec),
            });
            lock (_turn)
            {
                if (entry.Record is { State: JobState.Queued, IsAsked: false }) QueueOf(entry.Record).Put(entry.Record);
            }
            return null;
        }
        // Its turn has come, or it waits for that in the engine's own queue.
        if (entry.Record.IsAsked && options.Engines.GetValueOrDefault(JobRules.EngineOf(entry.Record.Spec)) is IHoldsBack engine)
        {
            if (await engine.HoldAsync(JobStart.WorkloadOf(entry.Record), isHeld, cancellationToken) is { } fault) return new HubFault("conflict", $"{id}: {fault.Message}");
            entry.Update(record => record with { IsHeld = isHeld && record.State == JobState.Queued });
            return null;
        }
        return new HubFault("conflict", $"{id} starts just now; mend: holdfast job cancel ends it.");
    }

    /// <summary>Those that wait for a job that has ended go on, or never will.</summary>
    private void Follow(JobRecord ended)
    {
        List<string>? followers;
        lock (_turn)
        {
            if (!_followers.Remove(ended.Id, out followers)) return;
            // Whoever has ended it may be within a change of its own.
            Begin(() =>
            {
                foreach (var id in ended.State == JobState.Succeeded ? [] : followers) End(id, new JobOutcome(JobState.Cancelled, JobReason.DependencyFailed, Unmet(ended), null));
                Schedule();
                return Task.CompletedTask;
            });
        }
    }

    private bool HasSucceeded(string id) => !_open.ContainsKey(id) && store.Find(id) is { State: JobState.Succeeded };

    private static string Unmet(JobRecord before) => $"It was to run after {before.Id} ({before.Spec.Name}), which is {JobWords.Of(before.State)}; mend: holdfast job retry {before.Id}, then submit this one after it.";

    private static string? WaitsFor(JobSpec spec) => spec.After.Count > 0 ? $"It runs after {string.Join(" and ", spec.After)}." : null;
}
