using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;
using Holdfast.Engines.Slurm.Containers;

namespace Holdfast.Engines.Slurm;

/// <summary>How a workload is submitted.</summary>
public sealed partial class SlurmEngine
{
    private const long Megabyte = 1 << 20;

    /// <inheritdoc />
    public async Task<EngineResult<WorkloadStatus>> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (SpecRules.Check(spec, hasImages: true) is { } bad) return bad;
        if (spec.Image is not null && NodeContainers.Problem(spec, _settings) is { } impossible) return impossible;
        using var turn = await _index.TurnAsync(spec.Id, cancellationToken);
        var left = Look(spec.Id);
        if (left.Fault is { Code: "unavailable" } away) return away;
        if (left.Value is { } other)
        {
            var status = await InspectAsync(spec.Id, cancellationToken);
            // What never came to Slurm is what a hub has left that was killed in the middle.
            if (status is not { Fault.Code: "not-found" }) return status.Ok ? new EngineFault("exists", status.Value.IsOver ? $"{spec.Id} has ended and was not removed." : $"{spec.Id} is in Slurm already.") : status.Fault;
            other.Folder.Clear();
        }
        var folder = new SlurmFolder(Native.Resolve(spec.Scratch)!);
        try
        {
            // 1. The files, and last that there is this workload.
            var ticket = RandomNumberGenerator.GetHexString(16, lowercase: true);
            var record = new SlurmRecord(spec.Id, new Dictionary<string, string>(spec.Labels), _time.GetUtcNow(), ticket, null, spec.WorkingFolder, spec.Image is null ? null : $"holdfast-{spec.Id}");
            Prepare(spec, folder, record);

            // 2. The job. The script goes by a file: what Slurm shows of it is one line.
            var script = Path.Combine(folder.Path, "submit.sh");
            WorkloadFolder.WritePrivately(script, Encoding.UTF8.GetBytes(SlurmScripts.Submitted(folder, ticket)));
            var said = await _slurm.RunAsync("sbatch", [.. Options(spec, record), script], cancellationToken);
            File.Delete(script);
            if (!said.Ok)
            {
                Undo(spec.Id, folder);
                return said.Fault;
            }
            // With a cluster's name behind it where there are several.
            record = record with { Job = said.Value.Trim().Split(';')[0] };
            folder.Write(record);
            _queue.Wake();
            return new WorkloadStatus(spec.Id, false, null, null, false, record.Asked, null, record.Labels) { Waiting = new WorkloadWait($"Slurm job {record.Job} waits: {SlurmWords.Of("None")}", null, null) };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Undo(spec.Id, folder);
            return new EngineFault(e.HResult == 28 /* ENOSPC */ ? "disk-full" : "start-failed", e.Message);
        }
        catch (OperationCanceledException)
        {
            Undo(spec.Id, folder);
            throw;
        }
    }

    private static string NameOf(SlurmRecord record) => $"{record.Id}.{record.Ticket[..6]}";

    private void Prepare(WorkloadSpec spec, SlurmFolder folder, SlurmRecord record)
    {
        var variables = new Dictionary<string, string>(spec.Environment);
        foreach (var mount in spec.Mounts)
        {
            if (mount.Target is "/storage" or "/notebooks") variables[$"HOLDFAST_{mount.Target[1..].ToUpperInvariant()}"] = mount.Source;
        }
        WorkloadFolder.WritePrivately(folder.Environment, Encoding.UTF8.GetBytes(Shell.Environment(variables)));
        WorkloadFolder.WritePrivately(folder.Watch, Encoding.UTF8.GetBytes(SlurmScripts.Watch(folder, spec, record.Container)));
        WorkloadFolder.WritePrivately(folder.Enter, Encoding.UTF8.GetBytes(SlurmScripts.Enter(folder, spec, _settings, record.Container)));
        using (File.Open(spec.OutputFile, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            File.SetUnixFileMode(spec.OutputFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        WorkloadFolder.WritePrivately(folder.Ticket, Encoding.ASCII.GetBytes(record.Ticket));
        folder.Write(record);
        _index.Add(spec.Id, folder.Path);
    }

    private List<string> Options(WorkloadSpec spec, SlurmRecord record)
    {
        var turn = spec.Turn ?? new WorkloadTurn();
        var grace = (long)Math.Ceiling(turn.Grace.TotalSeconds);
        List<string> options =
        [
            "--parsable", $"--job-name={NameOf(record)}", $"--comment=holdfast {spec.Id}", "--output=/dev/null", "--error=/dev/null", "--input=/dev/null", "--chdir=/", "--export=ALL", turn.MayRequeue ? "--requeue" : "--no-requeue", "--open-mode=append",
            $"--nodes={Text(turn.Nodes)}", $"--ntasks-per-node=1",
            // Slurm's number for what may go later: only operators may go before others.
            $"--nice={Text((100 - turn.Priority) * 10)}",
        ];
        if (spec.Resources.Processors is { } processors) options.Add($"--cpus-per-task={Text((long)Math.Ceiling(processors))}");
        if (spec.Resources.Memory is { } memory) options.Add($"--mem={Text(Math.Max(1, memory / Megabyte))}M");
        if (turn.Gpus > 0) options.Add($"--gres=gpu:{Text(turn.Gpus)}");
        // Whole minutes; that the hub has ended it before is as it should be.
        if ((turn.MaxDuration is { } most ? most + turn.Grace : _settings.Time) is { } limit)
        {
            options.Add($"--time={Text((long)Math.Ceiling(limit.TotalMinutes) + (turn.MaxDuration is null ? 0 : 1))}");
        }
        if (grace > 0) options.Add($"--signal=B:TERM@{Text(Math.Min(grace, 65535))}");
        if ((turn.Partition ?? _settings.Partition) is { } partition) options.Add($"--partition={partition}");
        if (_settings.Account is { } account) options.Add($"--account={account}");
        if (_settings.Qos is { } qos) options.Add($"--qos={qos}");
        return options;
    }

    private void Undo(string id, SlurmFolder folder)
    {
        folder.Clear();
        _index.Remove(id);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
