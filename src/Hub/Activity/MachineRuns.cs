using System.Collections.Concurrent;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Activity;

/// <summary>What runs in all machines, as their labs say.</summary>
internal sealed class MachineRuns(Fleet fleet, LabCalls labs)
{
    private const int AtOnce = 16;

    /// <summary>Of the machines that run and that the caller may see. It takes as long as one machine may take to answer.</summary>
    public async Task<RunList> ReadAsync(Caller caller, CancellationToken cancellationToken)
    {
        var (found, silent) = (new ConcurrentBag<RunView>(), new ConcurrentBag<string>());
        var machines = fleet.List(caller).Where(machine => machine.State == MachineState.Running);
        await Parallel.ForEachAsync(machines, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (machine, token) =>
        {
            if (await labs.RunsAsync(machine, token) is not { } runs) silent.Add(machine.Spec.Name);
            else foreach (var run in runs) found.Add(run);
        });
        return new RunList(
            [.. found.OrderByDescending(run => run.State is "running" or "asks").ThenByDescending(run => run.Started ?? run.LastOutput).ThenBy(run => run.Machine, StringComparer.Ordinal).ThenBy(run => run.Id, StringComparer.Ordinal)],
            [.. silent.Order(StringComparer.Ordinal)]);
    }
}
