using System.Diagnostics;
using System.Text;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Host;

/// <summary>How a workload begins.</summary>
public sealed partial class HostEngine
{
    private const UnixFileMode OwnerAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersSee = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
    private const UnixFileMode Everybody = OwnerAll | OthersSee | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit;

    /// <inheritdoc />
    public async Task<EngineResult<WorkloadStatus>> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (SpecRules.Check(spec) is { } bad) return bad;
        using var turn = await _index.TurnAsync(spec.Id, cancellationToken);
        if (Find(spec.Id) is { } other)
        {
            return new EngineFault("exists", Status(other.Folder, other.Record).IsRunning ? $"{spec.Id} runs already." : $"{spec.Id} has ended and was not removed.");
        }

        var folder = new WorkloadFolder(Native.Resolve(spec.Scratch)!);
        if (folder.Read() is { } left)
        {
            // Its own is what a start has left that was killed before the workload was known.
            if (left.Id != spec.Id || Status(folder, left).IsRunning) return new EngineFault("exists", $"The scratch folder {spec.Scratch} is that of {left.Id}.");
            if (await ClearAsync(folder, left, cancellationToken) is { } fault) return fault;
        }

        try
        {
            var record = Prepare(spec, folder);
            var trouble = await LaunchAsync(folder, cancellationToken);
            if (trouble is null) return Status(folder, record);
            await UndoAsync(spec.Id, folder, record);
            return new EngineFault(trouble.Contains("No space left on device", StringComparison.Ordinal) ? "disk-full" : "start-failed", $"{spec.Id} could not be started: {trouble}");
        }
        catch (IOException e)
        {
            await UndoAsync(spec.Id, folder, folder.Read());
            return new EngineFault(e.HResult == 28 /* ENOSPC */ ? "disk-full" : "start-failed", e.Message);
        }
        catch (OperationCanceledException)
        {
            await UndoAsync(spec.Id, folder, folder.Read());
            throw;
        }
    }

    /// <summary>Writes all that the start needs, and last that there is this workload.</summary>
    private WorkloadRecord Prepare(WorkloadSpec spec, WorkloadFolder folder)
    {
        var plan = _isolates ? RootPlan.For(spec, HostMount.All(), [folder.Path, _index.Folder]) : null;
        if (plan is not null && spec.Layer is { } kept) KeptLayers.Of(spec.LayerOf?.Scratch ?? folder.Path).Begin(kept, plan.Layers, folder);
        foreach (var layer in plan?.Layers ?? []) PrepareLayer(folder, layer);
        if (plan is not null) Directory.CreateDirectory(folder.Root);
        var groups = _isolates ? ControlGroups.Make(GroupName(spec.Id, folder), spec.Resources) : [];

        WorkloadFolder.WritePrivately(folder.Exit, []);
        var variables = plan is null ? Plainly(spec) : spec.Environment;
        WorkloadFolder.WritePrivately(folder.Environment, Encoding.UTF8.GetBytes(Shell.Environment(variables)));
        WorkloadFolder.WritePrivately(folder.Watch, Encoding.UTF8.GetBytes(Scripts.Watch(folder, spec.OutputFile)));
        WorkloadFolder.WritePrivately(folder.Enter, Encoding.UTF8.GetBytes(
            plan is null ? Scripts.EnterPlainly(folder, spec with { Environment = variables }) : Scripts.Enter(folder, spec, plan, groups)));
        using (File.Open(spec.OutputFile, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
        {
            File.SetUnixFileMode(spec.OutputFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var targets = plan is null ? [] : plan.Pieces.Where(piece => piece.Source is not null).Select(piece => piece.Target).Append("/run/lock");
        var record = new WorkloadRecord(spec.Id, new Dictionary<string, string>(spec.Labels), _time.GetUtcNow(), WorkloadRecord.CurrentBoot, spec.WorkingFolder,
            [.. plan?.Layers ?? []], [.. targets], groups, plan is not null);
        folder.Write(record);
        _index.Add(spec.Id, folder.Path);
        return record;
    }

    private static void PrepareLayer(WorkloadFolder folder, WorkloadLayer layer)
    {
        var upper = Directory.CreateDirectory(folder.Upper(layer)).FullName;
        Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(upper)!, "work"));
        // The upper folder lends the overlay's root its owner and mode.
        File.SetUnixFileMode(upper, File.GetUnixFileMode(layer.Point));
        if (Native.Status(layer.Point) is { } point) _ = Native.Chown(upper, point.Owner, point.Group);
        if (layer.Point != "/") return;
        foreach (var empty in WorkloadRecord.BeginEmpty)
        {
            Directory.CreateDirectory(upper + empty);
            File.SetUnixFileMode(upper + empty, empty == "/tmp" ? Everybody : OwnerAll | OthersSee);
            if (!Native.MakeOpaque(upper + empty)) throw new IOException($"{folder.Path} does not take the attributes of an overlay (trusted.overlay.*): it must be on ext4, xfs or the like.");
        }

        Directory.CreateDirectory(upper + "/run/.host");
        Directory.CreateDirectory(upper + "/run/lock");
        File.SetUnixFileMode(upper + "/run/lock", Everybody);
    }

    /// <summary>Starts the scripts and waits until the command has been executed.</summary>
    /// <returns>Null, or what went wrong.</returns>
    private async Task<string?> LaunchAsync(WorkloadFolder folder, CancellationToken cancellationToken)
    {
        string[] namespaces = _isolates ? [HostCheck.Find("unshare"), "--mount", "--pid", "--ipc", "--uts", "--propagation", "private"] : [];
        using var process = Process.Start(HostCheck.Command(["setsid", "--fork", .. namespaces, "/bin/sh", folder.Watch]))!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        // What ends without this word was not started.
        var isReady = await process.StandardOutput.ReadLineAsync(cancellationToken) == "ready";
        var early = await error;
        if (isReady) return null;
        var late = File.Exists(folder.Trouble) ? await File.ReadAllTextAsync(folder.Trouble, cancellationToken) : "";
        return (early + late).Trim() is { Length: > 0 } trouble ? trouble : "its root could not be made.";
    }

    private async Task UndoAsync(string id, WorkloadFolder folder, WorkloadRecord? record)
    {
        foreach (var process in new[] { folder.ReadProcesses().First, folder.ReadProcesses().Watcher })
        {
            if (process is not { } one) continue;
            one.Signal(Native.SigKill);
            await _ends.Of(one);
        }

        await ClearAsync(folder, record, CancellationToken.None);
        _index.Remove(id);
    }

    /// <summary>The variables of a workload that is not isolated: what would be mounted is told by its place.</summary>
    private static Dictionary<string, string> Plainly(WorkloadSpec spec)
    {
        var variables = new Dictionary<string, string>(spec.Environment);
        foreach (var mount in spec.Mounts)
        {
            if (mount.Target is "/storage" or "/notebooks") variables[$"HOLDFAST_{mount.Target[1..].ToUpperInvariant()}"] = mount.Source;
        }

        variables["CUDA_VISIBLE_DEVICES"] = string.Join(',', spec.Resources.Gpus ?? []);
        return variables;
    }

    // Two hubs on one host may both have a machine of this name.
    private static string GroupName(string id, WorkloadFolder folder) => $"{id}-{Math.Abs(folder.Path.Aggregate(17, (hash, letter) => unchecked(hash * 31 + letter))):x}";
}
