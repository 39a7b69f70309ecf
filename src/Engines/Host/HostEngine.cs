using System.Runtime.CompilerServices;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Host;

/// <summary>
/// Workloads on this host, without images: each sees this host's own system under an overlay of its own, whose upper folder is what it changed.
/// docs/engines.md says what is kept apart and what is not.
/// </summary>
public sealed partial class HostEngine : IEngine
{
    private readonly WorkloadIndex _index;
    private readonly TimeProvider _time;
    private readonly bool _isolates;
    private readonly ProcessEnds _ends = new();

    /// <summary>An engine; several, in several processes, may have the same index.</summary>
    /// <param name="indexFolder">Where workloads are found again; made with mode 0700 when it is missing.</param>
    /// <param name="time">The clock.</param>
    public HostEngine(string indexFolder, TimeProvider time)
        : this(indexFolder, time, HostCheck.MayIsolate)
    {
    }

    /// <param name="indexFolder">Where workloads are found again.</param>
    /// <param name="time">The clock.</param>
    /// <param name="isolates">Whether workloads get a root and processes of their own.</param>
    internal HostEngine(string indexFolder, TimeProvider time, bool isolates)
    {
        _index = new WorkloadIndex(indexFolder);
        _time = time;
        _isolates = isolates;
    }

    /// <inheritdoc />
    public string Name => "host";

    /// <inheritdoc />
    public bool HasOwnRoots => _isolates;

    /// <inheritdoc />
    public Task<IReadOnlyList<EngineFault>> CheckAsync(CancellationToken cancellationToken) => HostCheck.RunAsync(_isolates, _index.Folder, cancellationToken);

    /// <inheritdoc />
    public Task<EngineResult<EngineImage>> PrepareAsync(string? image, IProgress<string>? progress, CancellationToken cancellationToken) => Task.FromResult<EngineResult<EngineImage>>(
        image is null
            ? new EngineImage(null, null, null, new Dictionary<string, string>())
            : new EngineFault("image-missing", $"The host engine has no images, {image} was asked for. Leave the image out, or use a container engine."));

    /// <inheritdoc />
    public async Task<EngineResult<WorkloadStatus>> InspectAsync(string id, CancellationToken cancellationToken) =>
        await FindStartedAsync(id, cancellationToken) is { } found ? Status(found.Folder, found.Record) : NotFound(id);

    /// <inheritdoc />
    public async Task<EngineResult<IReadOnlyList<WorkloadStatus>>> ListAsync(string owner, CancellationToken cancellationToken)
    {
        var list = new List<WorkloadStatus>();
        foreach (var id in _index.Ids)
        {
            if (await FindStartedAsync(id, cancellationToken) is { } found && found.Record.Labels.GetValueOrDefault("owner") == owner) list.Add(Status(found.Folder, found.Record));
        }

        return new EngineResult<IReadOnlyList<WorkloadStatus>>(list, null);
    }

    /// <inheritdoc />
    public async Task<EngineResult<WorkloadStatus>> WaitAsync(string id, CancellationToken cancellationToken)
    {
        if (await FindStartedAsync(id, cancellationToken) is not { } found) return NotFound(id);
        await EndAsync(found.Folder, found.Record).WaitAsync(cancellationToken);
        return Status(found.Folder, found.Record);
    }

    /// <inheritdoc />
    public async Task<EngineResult<WorkloadStatus>> StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken)
    {
        if (await FindStartedAsync(id, cancellationToken) is not { } found) return NotFound(id);
        var (watcher, first) = found.Folder.ReadProcesses();
        if (!Status(found.Folder, found.Record).IsRunning || first is not { } process) return Status(found.Folder, found.Record);

        process.Signal(Native.SigTerm);
        try
        {
            await EndAsync(found.Folder, found.Record).WaitAsync(grace, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The end of the first process of a process namespace ends all others. Without one it is the session that must go, besides who watches it.
            if (!found.Record.IsIsolated) process.SignalSession(Native.SigKill, except: watcher);
            process.Signal(Native.SigKill);
            await EndAsync(found.Folder, found.Record).WaitAsync(cancellationToken);
        }

        return Status(found.Folder, found.Record);
    }

    /// <inheritdoc />
    public async Task<EngineResult<WorkloadStatus?>> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        using var turn = await _index.TurnAsync(id, cancellationToken);
        if (Find(id) is not { } found)
        {
            if (WorkloadSpec.IsId(id)) _index.Remove(id);
            return default(EngineResult<WorkloadStatus?>);
        }

        var status = Status(found.Folder, found.Record);
        if (status.IsRunning) return new EngineFault("exists", $"{id} runs. Stop it first.");
        if (await ClearAsync(found.Folder, found.Record, cancellationToken) is { } fault) return fault;
        _index.Remove(id);
        return status;
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<LayerChange> ChangesAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The walk waits for the disk, and the caller's thread must not.
        await Task.Yield();
        if (Find(id) is not { } found) yield break;
        foreach (var layer in found.Record.Layers)
        {
            foreach (var change in new LayerWalk(found.Folder.Upper(layer), layer, found.Record.Targets).Changes())
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return change;
            }
        }
    }

    /// <inheritdoc />
    /// <remarks>
    /// While the workload runs this leads through its root; a link in the way that begins with <c>/</c> leads out of it, so who reads must not follow links.
    /// After its end: what lies in the ephemeral layer, whole.
    /// </remarks>
    public string? PathOf(string id, string path)
    {
        if (Find(id) is not { } found || !path.StartsWith('/') || Path.GetFullPath(path) != path) return null;
        if (!found.Record.IsIsolated) return path;
        if (Status(found.Folder, found.Record) is { IsRunning: true, ProcessId: { } process }) return $"/proc/{process}/root{path}";
        var layer = found.Record.Layers.Where(layer => HostMount.IsIn(path, layer.Point)).MaxBy(layer => layer.Point.Length);
        if (layer is null || found.Record.Targets.Any(target => HostMount.IsIn(path, target))) return null;
        var upper = found.Folder.Upper(layer) + (layer.Point == "/" ? path : path[layer.Point.Length..]);
        // A folder of both layers is not whole in the upper one.
        return Native.Status(upper) is { IsWhiteout: false } status && !(status.IsFolder && Directory.Exists(path)) ? upper : null;
    }

    private static EngineFault NotFound(string id) => new("not-found", $"There is no workload {id} on this host.");

    private (WorkloadFolder Folder, WorkloadRecord Record)? Find(string id) => _index.Find(id) is { } folder && folder.Read() is { } record ? (folder, record) : null;

    /// <summary>As <see cref="Find"/>, but one that is just being started is waited for: until it has processes it would look as if it had ended.</summary>
    private async Task<(WorkloadFolder Folder, WorkloadRecord Record)?> FindStartedAsync(string id, CancellationToken cancellationToken)
    {
        if (Find(id) is not { } found) return null;
        if (found.Folder.ReadProcesses().First is not null) return found;
        (await _index.TurnAsync(id, cancellationToken)).Dispose();
        return Find(id);
    }

    private static WorkloadStatus Status(WorkloadFolder folder, WorkloadRecord record)
    {
        var (watcher, first) = record.Boot == WorkloadRecord.CurrentBoot ? folder.ReadProcesses() : default;
        // In this order: who watches writes the code and then ends.
        var runs = watcher is { IsAlive: true } || first is { IsAlive: true };
        var exit = folder.ReadExit();
        runs &= exit is null;
        return new WorkloadStatus(record.Id, runs, runs ? first?.Id : null, exit?.Code, exit is { Code: 128 + Native.SigKill } && ControlGroups.RanOutOfMemory(record.Groups),
            record.Started, exit?.At, record.Labels);
    }

    /// <summary>Completes when the one that watches, and so the first process, has ended.</summary>
    private async Task EndAsync(WorkloadFolder folder, WorkloadRecord record)
    {
        if (record.Boot != WorkloadRecord.CurrentBoot || folder.ReadExit() is not null) return;
        var (watcher, first) = folder.ReadProcesses();
        if (watcher is { } one) await _ends.Of(one);
        if (first is { } other) await _ends.Of(other);
    }

    /// <summary>Removes all that the engine has put into a scratch folder.</summary>
    private static async Task<EngineFault?> ClearAsync(WorkloadFolder folder, WorkloadRecord? record, CancellationToken cancellationToken)
    {
        // A mount here would be somebody's by mistake: what is behind it is not the layer's to be removed.
        if (HostMount.All().FirstOrDefault(mount => HostMount.IsIn(mount.Point, folder.Path) && mount.Point != folder.Path) is { } mount)
        {
            return new EngineFault("not-permitted", $"{mount.Point} is a mount in the scratch folder. Unmount it first.");
        }

        // rm goes as deep as folders go, where a path would be too long, and never through a link.
        var (code, error) = await HostCheck.RunAsync(["rm", "-rf", "--one-file-system", "--", .. folder.Everything], cancellationToken);
        if (code != 0) return new EngineFault("not-permitted", $"The layer in {folder.Path} could not be removed: {error.Trim()}");
        ControlGroups.Remove(record?.Groups ?? []);
        return null;
    }
}
