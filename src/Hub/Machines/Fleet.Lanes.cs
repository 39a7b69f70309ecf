using Holdfast.Engines.Contract;
using Holdfast.Hub.Loss;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Hub.Machines;

/// <summary>The lanes at work: each carries out its machine's orders one after the other, outside of any transaction.</summary>
internal sealed partial class Fleet
{
    internal static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    /// <summary>How long a loss list may delay an order that was confirmed already.</summary>
    private static readonly TimeSpan LookPatience = TimeSpan.FromSeconds(20);

    Task IHostedService.StartAsync(CancellationToken cancellationToken)
    {
        var machines = new DirectoryInfo(HubFolders.Make(Path.GetDirectoryName(options.Folders.MachineOf("x"))!));
        foreach (var left in machines.EnumerateDirectories($"{Unfinished}*")) FolderCopy.Remove(left.FullName);
        foreach (var (record, wanted) in store.All())
        {
            if (record.State == MachineState.Deleted)
            {
                // All of it is gone, and the hub was killed before it had forgotten it.
                store.Remove(record.Id);
                continue;
            }
            gpus.Hold(record.Id, record.Gpus);
            var again = wanted == WantedState.Stopped && record.Spec.AutoStart && MachineRules.IsAtRest(record.State) ? WantedState.Running : wanted;
            Open(record).Ask(new LaneOrder.TakeUp(again));
        }
        return Task.CompletedTask;
    }

    async Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        // Machines go on; only this hub's attention ends.
        await _hub.CancelAsync();
        Task[] work;
        lock (_work) work = [.. _work];
        await Task.WhenAll(work).WaitAsync(cancellationToken);
    }

    private Lane Open(MachineRecord record)
    {
        var lane = new Lane(record, store, Tell);
        _lanes[record.Id] = lane;
        _ids[record.Spec.Name] = record.Id;
        lock (_work) _work.Add(WorkAsync(lane));
        return lane;
    }

    private void Tell(MachineRecord before, MachineRecord now)
    {
        foreach (var observer in observers) observer.Changed(before, now);
    }

    private async Task WorkAsync(Lane lane)
    {
        try
        {
            while (lane.Record.State != MachineState.Deleted)
            {
                var order = await lane.Orders.ReadAsync(_hub.Token);
                try
                {
                    await (order switch
                    {
                        LaneOrder.Start start => BeginAsync(lane, start.Wish),
                        LaneOrder.Stop { Run: { } run } when run != lane.Record.Run => Task.CompletedTask,
                        LaneOrder.Stop stop => EndAsync(lane, stop.Reason, stop.Message),
                        LaneOrder.Delete => DeleteAsync(lane),
                        LaneOrder.Ended ended => TakeEndAsync(lane, ended),
                        LaneOrder.TakeUp taken => TakeUpAsync(lane, taken.Wanted),
                        _ => Task.CompletedTask,
                    });
                }
                catch (Exception fault) when (fault is not OperationCanceledException)
                {
                    // A volume, the disk, or what somebody has put there: the machine's trouble, not the hub's, and its lane goes on.
                    FleetLog.Unforeseen(log, fault, lane.Record.Spec.Name);
                    await GiveUpAsync(lane, fault);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The hub ends.
        }
    }

    /// <summary>What has failed halfway is ended, so that the state is true; what runs goes on. Where not even that can be written down, the next order tries again.</summary>
    private async Task GiveUpAsync(Lane lane, Exception fault)
    {
        try
        {
            var engine = EngineOf(lane);
            if (lane.Record.State == MachineState.Running)
            {
                WatchEnd(lane, engine);
                return;
            }
            await engine.StopAsync(lane.Record.Id, StopGrace, _hub.Token);
            await engine.RemoveAsync(lane.Record.Id, _hub.Token);
            Fail(lane, fault is IOException { HResult: 28 or 122 /* ENOSPC, EDQUOT */ } ? MachineReason.DiskFull : MachineReason.StartFailed, fault.Message);
        }
        catch (Exception second) when (second is not OperationCanceledException)
        {
            FleetLog.Unforeseen(log, second, lane.Record.Spec.Name);
        }
    }

    private async Task BeginAsync(Lane lane, StartWish wish)
    {
        // Two starts at once are one.
        if (!MachineRules.IsAtRest(lane.Record.State)) return;
        var starting = lane.BeginStart(_hub.Token);
        try
        {
            var spec = lane.Record.Spec with { Type = wish.Type ?? lane.Record.Spec.Type };
            var type = MachineRules.TypeOf(spec, options.Settings);
            lane.Update(record => record with
            {
                Spec = spec,
                State = spec.Image is null ? MachineState.Starting : MachineState.Pulling,
                Reason = null,
                Message = null,
                Type = type.Name,
                Gpus = EngineOf(lane).SchedulesItself ? [] : gpus.TryTake(record.Id, type.Gpus) ?? [],
                Node = null,
                EndsAt = null,
                Run = record.Run + 1,
                Started = time.GetUtcNow(),
                Stopped = null,
                Notice = null,
                Steps = [],
                Hooks = [],
                Notes = [],
            });
            FleetLog.Starts(log, spec.Name, lane.Record.Run);
            var failed = await starter.RunAsync(lane, wish, starting.Token);
            if (failed is { } fault) Fail(lane, fault.Reason, fault.Message);
            else await FollowAsync(lane, starting.Token);
        }
        catch (OperationCanceledException) when (!_hub.IsCancellationRequested)
        {
            // A stop that was asked for meanwhile follows as the next order.
        }
        finally
        {
            lane.EndStart();
        }
    }

    /// <summary>From the workload's start to a lab that listens; then its end is waited for beside.</summary>
    private async Task FollowAsync(Lane lane, CancellationToken cancellationToken)
    {
        var engine = EngineOf(lane);
        if (await starter.FollowAsync(lane, engine, cancellationToken) is { } fault)
        {
            await EndAsync(lane, fault.Reason, fault.Message);
            return;
        }
        var hook = lane.Record.Hooks.FirstOrDefault(outcome => outcome.Failed);
        var isSafe = lane.Record.Hooks.Any(outcome => outcome.Skipped == MachineHooks.SafeStart);
        lane.Update(record => record with
        {
            State = MachineState.Running,
            Reason = hook is { ExitCode: null } ? MachineReason.HookTimeout : hook is not null ? MachineReason.HookFailed : isSafe ? MachineReason.SafeMode : null,
            Message = hook is not null ? Hooks.HookWords.Of(hook) : isSafe ? "Hooks were not run, as was asked for." : null,
        });
        FleetLog.Runs(log, lane.Record.Spec.Name, (time.GetUtcNow() - lane.Record.Started!.Value).TotalMilliseconds);
        WatchEnd(lane, engine);
    }

    private void WatchEnd(Lane lane, IEngine engine)
    {
        var run = lane.Record.Run;
        lock (_work)
        {
            _work.RemoveAll(task => task.IsCompleted);
            _work.Add(WatchAsync());
        }

        async Task WatchAsync()
        {
            try
            {
                EngineResult<WorkloadStatus> end;
                // An engine that does not answer for a while does not end what runs.
                while ((end = await EndOfAsync()) is { Fault.Code: "unavailable" })
                    await Task.Delay(TimeSpan.FromSeconds(1), time, _hub.Token);
                lane.Ask(new LaneOrder.Ended(run, end.Value));
            }
            catch (OperationCanceledException)
            {
                // The hub ends.
            }
        }

        async Task<EngineResult<WorkloadStatus>> EndOfAsync()
        {
            try
            {
                return await engine.WaitAsync(lane.Record.Id, _hub.Token);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                FleetLog.Unforeseen(log, fault, lane.Record.Spec.Name);
                return new EngineFault("unavailable", fault.Message);
            }
        }
    }

    private Task TakeEndAsync(Lane lane, LaneOrder.Ended ended)
    {
        // A stop has been carried out meanwhile, or even another start.
        if (ended.Run != lane.Record.Run || lane.Record.State != MachineState.Running) return Task.CompletedTask;
        var end = ended.Status is { } status ? (EngineResult<WorkloadStatus>)status : new EngineFault("not-found", "The engine does not know it any more.");
        var (reason, message) = MachineStart.EndWords(end);
        return EndAsync(lane, reason, message);
    }

    /// <summary>Ends the workload if it runs, remembers what is lost with it, removes it.</summary>
    private async Task EndAsync(Lane lane, string reason, string? message)
    {
        if (MachineRules.IsAtRest(lane.Record.State)) return;
        var wasRunning = lane.Record.State == MachineState.Running;
        // A hub that is killed meanwhile leaves to the next one why.
        lane.Update(record => IsOfHub(reason) ? record with { State = MachineState.Stopping, Reason = reason, Message = message } : record with { State = MachineState.Stopping });
        var engine = EngineOf(lane);
        var status = await engine.InspectAsync(lane.Record.Id, _hub.Token);
        var isThere = status.Ok;
        // While it runs the engine can tell most; the layer of one that has ended may still be there.
        var lost = isThere ? await RememberLossAsync(lane) : null;
        if (IsOfHub(reason) && lost is { IsEmpty: false }) message = $"{message} Lost with it: {LossWords.Of(lost)}; 'holdfast machine loss {lane.Record.Spec.Name}' lists it.".TrimStart();
        if (status is { Value.IsOver: false }) status = await engine.StopAsync(lane.Record.Id, StopGrace, _hub.Token);
        // What waits for its turn, or has just begun, is of no use to anybody: it is ended as soon as the engine answers.
        while (!wasRunning && status is { Fault.Code: "unavailable" } away)
        {
            lane.Update(record => record with { Message = $"It is stopped as soon as that is possible: {away.Fault!.Message}" });
            await Task.Delay(TimeSpan.FromSeconds(1), time, _hub.Token);
            status = await engine.InspectAsync(lane.Record.Id, _hub.Token);
            if (status is { Value.IsOver: false }) status = await engine.StopAsync(lane.Record.Id, StopGrace, _hub.Token);
            isThere = status.Ok;
        }
        if (status is { Fault.Code: "unavailable" })
        {
            lane.Update(record => record with { State = MachineState.Running, Reason = MachineReason.EngineUnavailable, Message = $"It could not be stopped: {status.Fault.Message}" });
            // People work on: the next hub must not carry out what this one has said it could not.
            lock (lane.Wishes)
                if (lane.IsAlone) store.Want(lane.Record.Id, WantedState.Running);
            WatchEnd(lane, engine);
            return;
        }
        if (isThere) await engine.RemoveAsync(lane.Record.Id, _hub.Token);
        gpus.Release(lane.Record.Id);
        lane.Update(record => record with
        {
            State = reason is MachineReason.StoppedByUser || IsOfHub(reason) ? MachineState.Stopped : MachineState.Failed,
            Reason = reason,
            Message = message,
            Notice = null,
            EndsAt = null,
            Gpus = [],
            Stopped = time.GetUtcNow(),
        });
        FleetLog.Stopped(log, lane.Record.Spec.Name, reason);
    }

    private async Task<LossList?> RememberLossAsync(Lane lane)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_hub.Token);
        limit.CancelAfter(LookPatience);
        try
        {
            if (await losses.LookAsync(lane.Record, limit.Token) is not { Ok: true, Value: var list }) return null;
            losses.Remember(lane.Record.Id, list);
            return list;
        }
        catch (Exception fault) when (!_hub.IsCancellationRequested)
        {
            // It is read from what others write: whatever is wrong with that, the machine ends.
            FleetLog.LossUnknown(log, fault, lane.Record.Spec.Name);
            return null;
        }
    }

    private async Task DeleteAsync(Lane lane)
    {
        await EndAsync(lane, MachineReason.StoppedByUser, null);
        if (!MachineRules.IsAtRest(lane.Record.State)) return;
        var engine = EngineOf(lane);
        await engine.RemoveAsync(lane.Record.Id, _hub.Token);
        FolderCopy.Remove(options.Folders.MachineOf(lane.Record.Id));
        FolderCopy.Remove(options.Folders.MeetingOf(lane.Record.Id));
        _ids.TryRemove(lane.Record.Spec.Name, out _);
        lane.Update(record => record with { State = MachineState.Deleted, Reason = null, Message = null });
        store.Remove(lane.Record.Id);
        _lanes.TryRemove(lane.Record.Id, out _);
    }

    /// <summary>After a start of the hub: what runs is watched, what was on its way is carried on, what is wanted otherwise is done.</summary>
    private async Task TakeUpAsync(Lane lane, WantedState wanted)
    {
        var engine = EngineOf(lane);
        if (!MachineRules.IsAtRest(lane.Record.State))
        {
            var status = await engine.InspectAsync(lane.Record.Id, _hub.Token);
            while (status is { Fault.Code: "unavailable" })
            {
                lane.Update(record => record with { Reason = MachineReason.EngineUnavailable, Message = status.Fault!.Message });
                await Task.Delay(TimeSpan.FromSeconds(1), time, _hub.Token);
                if (!lane.IsAlone) break;
                status = await engine.InspectAsync(lane.Record.Id, _hub.Token);
            }
            switch (wanted)
            {
                case WantedState.Running when status is { Value.IsRunning: true } && lane.Record.State is MachineState.Running:
                    lane.Update(record => record.Reason == MachineReason.EngineUnavailable ? record with { Reason = null, Message = null } : record);
                    WatchEnd(lane, engine);
                    return;
                case WantedState.Running when status is { Value.IsOver: false }:
                    var starting = lane.BeginStart(_hub.Token);
                    try
                    {
                        await FollowAsync(lane, starting.Token);
                    }
                    catch (OperationCanceledException) when (!_hub.IsCancellationRequested)
                    {
                        // A stop that was asked for meanwhile follows as the next order.
                    }
                    finally
                    {
                        lane.EndStart();
                    }
                    return;
                case WantedState.Running when lane.Record.State is MachineState.Running:
                    var (reason, message) = MachineStart.EndWords(status);
                    await EndAsync(lane, reason, message);
                    // After a boot what is to come up comes up.
                    if (lane.Record.Spec.AutoStart) await BeginAsync(lane, new StartWish());
                    return;
                case WantedState.Running:
                    // Its start was on the way and its workload is not there: from the beginning.
                    lane.Update(record => record with { State = MachineState.Stopped });
                    break;
                default:
                    var (why, words) = IsOfHub(lane.Record.Reason) ? (lane.Record.Reason!, lane.Record.Message) : (MachineReason.StoppedByUser, null);
                    await EndAsync(lane, why, words);
                    break;
            }
        }
        if (wanted == WantedState.Deleted) await DeleteAsync(lane);
        else if (wanted == WantedState.Running && lane.Record.State is not MachineState.Failed) await BeginAsync(lane, new StartWish());
    }

    private void Fail(Lane lane, string reason, string message)
    {
        gpus.Release(lane.Record.Id);
        lane.Update(record => record with { State = MachineState.Failed, Reason = reason, Message = message, Gpus = [], Stopped = time.GetUtcNow() });
        FleetLog.Failed(log, lane.Record.Spec.Name, reason, message);
    }

    private IEngine EngineOf(Lane lane) => options.EngineOf(lane.Record) ?? MissingEngine.Instance;
}
