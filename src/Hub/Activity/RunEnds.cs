using System.Collections.Concurrent;
using System.Text.Json;
using Holdfast.Hub.Database;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Activity;

/// <summary>A run that was at work at the last look.</summary>
/// <param name="Id">As <c>/api/runs</c> has it.</param>
/// <param name="Kind">As <see cref="BusyWith.Kind"/>.</param>
/// <param name="Name">The notebook, or the command.</param>
/// <param name="Since">Since when.</param>
internal sealed record WatchedRun(string Id, string Kind, string Name, DateTimeOffset Since);

/// <summary>Hears of runs that were at work at one look and are not at the next, and tells it. What is at work is kept, so that the next hub tells what this one does not see.</summary>
internal sealed class RunEnds(HubDatabase database, LabCalls labs, Webhooks webhooks)
{
    /// <summary>A shorter run is over before anybody has turned away.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, (int Run, IReadOnlyList<WatchedRun> Runs)> _known = new();

    /// <summary>Takes what a look has seen.</summary>
    public async Task TakeAsync(MachineRecord machine, MachineWatch watch, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var before = Recall(machine);
        // What was there at the last look goes on: cells that follow each other are one run.
        var busy = watch.Busy.Where(thing => thing.Id is not null)
            .Select(thing => before.FirstOrDefault(run => run.Id == thing.Id && run.Name == thing.Thing.Name) ?? new WatchedRun(thing.Id!, thing.Thing.Kind, thing.Thing.Name, thing.Thing.Since)).ToList();
        var gone = before.Where(run => !busy.Any(other => other.Id == run.Id && other.Name == run.Name)).ToList();
        if (gone.Count > 0)
        {
            // Without an answer they are asked for again at the next look.
            var runs = await labs.RunsAsync(machine, cancellationToken);
            foreach (var run in gone)
            {
                // A shell has gone on to its next command; between two cells a kernel is idle for a moment, and one that asks goes on later.
                var found = busy.Exists(other => other.Id == run.Id) ? null : runs?.FirstOrDefault(each => each.Id == run.Id);
                if (runs is null || found is { State: "running" or "asks" }) busy.Add(run);
                else if (now - run.Since >= Shortest) Tell(machine, run, found);
            }
        }
        if (!busy.SequenceEqual(before)) Remember(machine, busy);
    }

    private void Tell(MachineRecord machine, WatchedRun run, RunView? found)
    {
        // How a command in a shell ended only the shell knows.
        var state = found?.State is { } word and not "idle" ? word : "ended";
        var text = $"{machine.Spec.Name}: {run.Name}: {state}{(found?.LastLine is { Length: > 0 } line ? $" – {line}" : "")}";
        webhooks.Tell(machine, new WebhookNotice(state is "failed" or "died" ? "run_failed" : "run_ended", machine.Spec.Name, text) { Run = run.Name, State = state, Started = run.Since, LastLine = found?.LastLine });
    }

    private IReadOnlyList<WatchedRun> Recall(MachineRecord machine)
    {
        if (_known.TryGetValue(machine.Id, out var known) && known.Run == machine.Run) return known.Runs;
        return database.Value("SELECT runs FROM busy_runs WHERE machine = $machine AND run = $run", ("$machine", machine.Id), ("$run", machine.Run)) is string json
            ? JsonSerializer.Deserialize(json, ActivityJson.Default.WatchedRunArray)! : [];
    }

    private void Remember(MachineRecord machine, IReadOnlyList<WatchedRun> runs)
    {
        database.Execute("INSERT OR REPLACE INTO busy_runs SELECT $machine, $run, $runs WHERE EXISTS (SELECT 1 FROM machines WHERE id = $machine)",
            ("$machine", machine.Id), ("$run", machine.Run), ("$runs", JsonSerializer.Serialize([.. runs], ActivityJson.Default.WatchedRunArray)));
        _known[machine.Id] = (machine.Run, runs);
    }
}
