using System.Collections.Concurrent;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Activity;

/// <summary>Looks every 15 seconds what all machines that run do: keeps samples of what they use, hears of runs that have ended, and has those stopped that nobody uses. Safe for concurrent calls.</summary>
internal sealed class ActivityWatch(
    Fleet fleet, LabCalls labs, UsageSamples samples, Extensions extensions, AutoStops stops, RunEnds ends, HubSettings settings, ActivityClock clock, TimeProvider time, ILogger<ActivityWatch> log) : BackgroundService
{
    private const int AtOnce = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15), Thinning = TimeSpan.FromHours(1), ShortestExtension = TimeSpan.FromMinutes(1), LongestExtension = TimeSpan.FromDays(30);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly ConcurrentDictionary<string, MachineWatch> _watches = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _looked = new();
    private DateTimeOffset _thinned = DateTimeOffset.MinValue;

    /// <summary>What a machine does, as of the last look; null when it does not run, or was not looked at yet.</summary>
    public MachineActivity? Of(MachineRecord machine)
    {
        if (machine.State != MachineState.Running || !_watches.TryGetValue(machine.Id, out var watch) || watch.Run != machine.Run || !_looked.TryGetValue(machine.Id, out var looked)) return null;
        var (rule, extended, now) = (AutoStop.Of(machine.Spec, settings), extensions.Of(machine), clock.Now);
        var stop = ComingStop.Of(machine, watch, rule, extended);
        return new MachineActivity
        {
            Looked = looked,
            Answers = watch.Answers,
            Busy = [.. watch.Busy.Select(busy => busy.Thing)],
            IdleSince = watch.IdleSince,
            StopsAt = stop?.At,
            StopsBecause = stop?.Reason,
            TimeLeft = stop is null ? null : stop.At > now ? stop.At - now : TimeSpan.Zero,
            ExtendedUntil = extended,
            IdleTimeout = rule.Idle,
            TimeLimit = rule.Limit,
            OnLoss = rule.OnLoss,
            Cpu = watch.Cpu,
            Memory = watch.Memory,
            Gpu = watch.Gpu?.Utilisation,
            GpuMemory = watch.Gpu?.Memory,
        };
    }

    /// <summary>Has a running machine not be stopped by the hub before so long from now; what was said before for longer stays.</summary>
    public async Task<HubResult<MachineRecord>> ExtendAsync(Caller caller, string name, TimeSpan span, CancellationToken cancellationToken)
    {
        if (!caller.MayWrite) return HubFault.OnlyReads;
        var found = fleet.Find(caller, name);
        if (!found.Ok) return found;
        if (span < ShortestExtension || span > LongestExtension) return new HubFault("bad-request", "An extension is of at least a minute, and at most 30 days.");
        if (found.Value.State != MachineState.Running) return new HubFault("conflict", $"{name} does not run; mend: start it.");
        var until = clock.Now + span;
        if (extensions.Of(found.Value) is not { } before || before < until) extensions.Write(found.Value, until);
        // So that the warning goes at once.
        await LookAsync(cancellationToken);
        return fleet.Find(caller, name);
    }

    /// <summary>Somebody has done something in a machine that its lab does not see: that is input.</summary>
    public void Touch(MachineRecord machine)
    {
        if (_watches.TryGetValue(machine.Id, out var watch) && watch.Run == machine.Run) watch.Touch(clock.Now);
    }

    /// <summary>Looks once. Stops that are due go on behind it.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var running = fleet.Running();
            foreach (var gone in _watches.Keys.Except(running.Select(machine => machine.Id)).ToArray())
            {
                _watches.TryRemove(gone, out _);
                _looked.TryRemove(gone, out _);
            }
            var gpus = running.Any(machine => machine.Gpus.Count > 0) ? await HostGpus.ReadAsync(cancellationToken) : new Dictionary<int, GpuUse>();
            var taken = new ConcurrentBag<(string, UsageSample)>();
            await Parallel.ForEachAsync(running, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (machine, token) =>
            {
                try
                {
                    if (await LookAtAsync(machine, GpuUse.Of(gpus, machine.Gpus), token) is { } sample) taken.Add((machine.Id, sample));
                }
                catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
                {
                    ActivityLog.LookFailed(log, fault, machine.Spec.Name);
                }
            });
            Keep([.. taken]);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            do await LookAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The hub ends.
        }
        await Task.WhenAll(_watches.Values.Select(watch => watch.Stopping));
    }

    private async Task<UsageSample?> LookAtAsync(MachineRecord machine, GpuUse? gpu, CancellationToken cancellationToken)
    {
        var watch = _watches.AddOrUpdate(machine.Id, _ => new MachineWatch(machine, clock.Now), (_, known) => known.Run == machine.Run ? known : new MachineWatch(machine, clock.Now));
        var work = await labs.ActivityAsync(machine, cancellationToken);
        var now = clock.Now;
        var sample = watch.Take(work, gpu, now);
        _looked[machine.Id] = now;
        if (work is not null) await ends.TakeAsync(machine, watch, now, cancellationToken);
        var rule = AutoStop.Of(machine.Spec, settings);
        await stops.TakeAsync(machine, watch, ComingStop.Of(machine, watch, rule, extensions.Of(machine)), rule, now, cancellationToken);
        return sample;
    }

    private void Keep(IReadOnlyList<(string, UsageSample)> taken)
    {
        try
        {
            if (taken.Count > 0) samples.Add(taken);
            if (clock.Now - _thinned < Thinning) return;
            samples.Thin(clock.Now);
            _thinned = clock.Now;
        }
        catch (Microsoft.Data.Sqlite.SqliteException fault)
        {
            // A full disk: who looks at it later misses a minute, and machines are looked after all the same.
            ActivityLog.SamplesFailed(log, fault);
        }
    }
}
