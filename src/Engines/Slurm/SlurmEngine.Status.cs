using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Slurm;

/// <summary>What is true of a workload: what its step has written goes before what Slurm says.</summary>
public sealed partial class SlurmEngine
{
    private async Task<EngineResult<WorkloadStatus>> StatusAsync(Workload found, SlurmView view, CancellationToken cancellationToken)
    {
        var (folder, record) = found;
        var job = record.Job is { } number ? view.Jobs.GetValueOrDefault(number) : view.Named(NameOf(record));
        if (job is not null && record.Job is null) Remember(folder, record = record with { Job = job.Id });
        var began = folder.ReadBegan();
        var status = new WorkloadStatus(record.Id, false, null, null, false, began?.At ?? record.Asked, null, record.Labels) { Requeues = began?.Restart ?? 0, Node = began?.Node, Address = began?.Address };

        // 1. It has ended, and its step has seen how. Why Slurm has told it to, Slurm knows when its job is over, or back in the queue.
        var exit = folder.ReadExit();
        if (exit is { } own && (!own.WasTold || job is { IsWaiting: true }))
        {
            return status with { ExitCode = own.Code, Ended = own.At, IsOutOfMemory = job?.State == "OUT_OF_MEMORY", Refusal = folder.ReadRefused(), Differences = folder.ReadDiffers(), Interruption = own.WasTold ? Told(began?.Node) : null };
        }

        // 2. It waits, or runs.
        if (job is { IsWaiting: true })
        {
            // It would wait for ever: Slurm itself refuses such jobs only where it is told to (EnforcePartLimits).
            if (SlurmWords.IsNever(job.Reason))
            {
                await CancelAsync(record, cancellationToken);
                return new EngineFault("no-capacity", $"Slurm: {SlurmWords.Of(job.Reason)}");
            }
            if (job is { Restarts: > 0, State: "PENDING", Reason: "BeginTime" }) await HastenAsync(job, cancellationToken);
            return status with { Requeues = job.Restarts, Waiting = Waits(job, view) };
        }
        if (job is { IsAtWork: true })
        {
            return exit is not null || began?.Restart == job.Restarts ? status with { IsRunning = true, EndsAt = job.End }
                : status with { Requeues = job.Restarts, Waiting = new WorkloadWait($"Slurm job {job.Id} starts on {job.Nodes}.", 0, null) };
        }

        // 3. Slurm has ended it, or does not know it any more.
        if (record.End is not { } end)
        {
            if (record.Job is null) return new EngineFault("not-found", $"{record.Id} never came to Slurm.");
            if (await LookUpAsync(record, job, cancellationToken) is not { } looked) return new EngineFault("unavailable", $"Slurm does not say what has become of job {record.Job}; it is asked again.");
            if (looked.IsAtWork || looked.IsWaiting) return status with { IsRunning = looked.IsAtWork, Waiting = looked.IsWaiting ? Waits(looked, view) : null };
            Remember(folder, record = record with { End = end = new SlurmEnd(looked.State, Words(record, looked, began?.Node), _time.GetUtcNow()) });
        }
        // What the step has written last may still be on its way.
        for (var waited = TimeSpan.Zero; end.State == "COMPLETED" && waited < LastFiles && folder.ReadExit() is null; waited += Pause) await Task.Delay(Pause, _time, cancellationToken);
        exit ??= folder.ReadExit();
        if (exit is { WasTold: false }) return await StatusAsync(found with { Record = record }, view, cancellationToken);
        return status with
        {
            ExitCode = exit?.Code,
            Ended = exit?.At ?? end.At,
            IsOutOfMemory = end.State == "OUT_OF_MEMORY",
            IsCancelled = end.State == "CANCELLED",
            Differences = folder.ReadDiffers(),
            // A command that ends in time is none that Slurm has ended.
            Interruption = exit is not null && end.State is "COMPLETED" or "FAILED" or "FORGOTTEN" ? Told(began?.Node) : end.Words,
        };
    }

    private static string Told(string? node) => $"Slurm ended it on {node}: its limit of time was near, or its node was wanted.";

    private static void Remember(SlurmFolder folder, SlurmRecord record)
    {
        try
        {
            folder.Write(record);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was removed meanwhile, or the disk is full: Slurm is asked again.
        }
    }

    /// <summary>What Slurm knows of a job besides the queue: its controller for some minutes after the end, its accounting for ever. Null when neither answers.</summary>
    private async Task<SlurmJob?> LookUpAsync(SlurmRecord record, SlurmJob? listed, CancellationToken cancellationToken)
    {
        if (listed is not null) return listed;
        var said = await _slurm.RunAsync("scontrol", ["show", "job", record.Job!, "--oneliner"], cancellationToken);
        if (said is { Fault.Code: "unavailable" }) return null;
        if (said.Ok)
        {
            var fields = said.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2).GroupBy(pair => pair[0]).ToDictionary(pair => pair.Key, pair => pair.First()[1]);
            return new SlurmJob(record.Job!, int.TryParse(fields.GetValueOrDefault("Restarts"), out var restarts) ? restarts : 0, fields.GetValueOrDefault("JobState", "UNKNOWN"), fields.GetValueOrDefault("Reason", "None"), null, 0, "", fields.GetValueOrDefault("NodeList", ""));
        }
        var kept = await _slurm.RunAsync("sacct", ["--noheader", "--parsable2", "--allocations", $"--jobs={record.Job}", "--format=State,NodeList"], cancellationToken);
        var (state, nodes) = kept.Ok && kept.Value.Split('\n')[0].Split('|') is [{ Length: > 0 } known, var list, ..] ? (known.Split(' ')[0], list) : ("FORGOTTEN", "");
        return new SlurmJob(record.Job!, 0, state, "None", null, 0, "", nodes);
    }

    /// <summary>One that Slurm has put back waits some two minutes for nothing.</summary>
    private async Task HastenAsync(SlurmJob job, CancellationToken cancellationToken)
    {
        await _slurm.RunAsync("scontrol", ["update", $"JobId={job.Id}", "StartTime=now"], cancellationToken);
        _queue.Wake();
    }

    private static WorkloadWait Waits(SlurmJob job, SlurmView view) => new(
        $"Slurm job {job.Id} waits: {SlurmWords.Of(job.Reason)}", job.State == "PENDING" ? view.Position(job) : null, job.State == "PENDING" ? job.Start : null);

    private static string Words(SlurmRecord record, SlurmJob job, string? node) => job.State switch
    {
        "NODE_FAIL" => $"Its node {node ?? job.Nodes} went away.",
        "TIMEOUT" or "DEADLINE" => "Slurm's limit of time ended it.",
        "PREEMPTED" => "Slurm gave its node to another job.",
        "CANCELLED" => "It was cancelled in Slurm.",
        "BOOT_FAIL" => $"Its node {job.Nodes} did not come up.",
        "OUT_OF_MEMORY" => "Its memory limit ended it.",
        "FORGOTTEN" => $"Slurm does not know job {record.Job} any more, and its step has not written how it ended.",
        _ => $"Slurm job {record.Job} is {job.State}{(job.Reason is "None" or "" ? "" : $" ({job.Reason})")}, and its step has not written how it ended{(node is null ? ": does its node see the hub's folders (holdfast doctor --engine slurm)?" : ".")}",
    };
}
