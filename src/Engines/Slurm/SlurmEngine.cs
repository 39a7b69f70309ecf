using System.Globalization;
using System.Runtime.CompilerServices;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;

namespace Holdfast.Engines.Slurm;

/// <summary>
/// Workloads as jobs of a Slurm cluster whose nodes share folders with this host (docs/slurm.md). Slurm decides when and where they run; what is true of them is what Slurm says and what their steps
/// have written into their scratch folders.
/// </summary>
public sealed partial class SlurmEngine : IEngine, IHoldsBack
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    // Files that a node has written last may be seen here a little later.
    private static readonly TimeSpan LastFiles = TimeSpan.FromSeconds(5);

    private readonly WorkloadIndex _index;
    private readonly SlurmSettings _settings;
    private readonly SlurmProgram _slurm;
    private readonly SlurmQueue _queue;
    private readonly TimeProvider _time;

    /// <summary>An engine; several, in several processes, may have the same index.</summary>
    /// <param name="indexFolder">Where workloads are found again; made with mode 0700 when it is missing. It need not be shared.</param>
    /// <param name="settings">The cluster.</param>
    /// <param name="time">The clock.</param>
    public SlurmEngine(string indexFolder, SlurmSettings settings, TimeProvider time)
    {
        _index = new WorkloadIndex(indexFolder);
        _settings = settings;
        _slurm = new SlurmProgram(settings);
        _queue = new SlurmQueue(_slurm, time);
        _time = time;
    }

    /// <inheritdoc />
    public string Name => "slurm";

    /// <inheritdoc />
    public bool HasOwnRoots => false;

    /// <inheritdoc />
    public bool SchedulesItself => true;

    /// <inheritdoc />
    public Task<IReadOnlyList<EngineFault>> CheckAsync(CancellationToken cancellationToken) => SlurmCheck.RunAsync(_slurm, _settings, cancellationToken);

    /// <inheritdoc />
    public Task<EngineResult<EngineImage>> PrepareAsync(string? image, IProgress<string>? progress, CancellationToken cancellationToken) => Task.FromResult<EngineResult<EngineImage>>(
        image is null || image.Contains('/', StringComparison.Ordinal)
            ? new EngineImage(image, image?.Split('@') is [_, var digest] ? digest : null, null, new Dictionary<string, string>())
            : new EngineFault("image-missing", $"{image} is on no node: nodes fetch images from a registry; mend: its whole name, as registry.example.org/team/{image}."));

    /// <inheritdoc />
    public async Task<EngineResult<WorkloadStatus>> InspectAsync(string id, CancellationToken cancellationToken)
    {
        var found = Look(id);
        if (!found.Ok) return found.Fault;
        var view = await _queue.NowAsync(cancellationToken);
        return view.Ok ? await StatusAsync(found.Value, view.Value, cancellationToken) : view.Fault;
    }

    /// <inheritdoc />
    public async Task<EngineResult<IReadOnlyList<WorkloadStatus>>> ListAsync(string owner, CancellationToken cancellationToken)
    {
        var mine = _index.Ids.Select(Find).OfType<Workload>().Where(each => each.Record.Labels.GetValueOrDefault("owner") == owner).ToList();
        if (mine.Count == 0) return new EngineResult<IReadOnlyList<WorkloadStatus>>([], null);
        var view = await _queue.NowAsync(cancellationToken);
        if (!view.Ok) return view.Fault;
        var list = new List<WorkloadStatus>();
        foreach (var each in mine)
        {
            if (await StatusAsync(each, view.Value, cancellationToken) is { Ok: true } status) list.Add(status.Value);
        }
        return list;
    }

    /// <inheritdoc />
    public async Task<EngineResult<WorkloadStatus>> WaitAsync(string id, CancellationToken cancellationToken)
    {
        var status = await InspectAsync(id, cancellationToken);
        while (status is { Ok: true, Value.IsOver: false }) status = await WaitForChangeAsync(id, status.Value, cancellationToken);
        return status;
    }

    /// <inheritdoc />
    public async Task<EngineResult<WorkloadStatus>> WaitForChangeAsync(string id, WorkloadStatus last, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(last);
        while (true)
        {
            var looked = Look(id);
            if (!looked.Ok) return looked.Fault;
            var found = looked.Value;
            var mark = found.Folder.Mark();
            // The step has written what the caller does not know: Slurm is asked at once.
            var isStale = mark.HasEnded || mark.Began > last.Started.UtcTicks;
            var view = isStale ? await _queue.NowAsync(cancellationToken) : await _queue.LaterAsync(() => found.Folder.Mark() != mark, cancellationToken);
            if (!view.Ok) return view.Fault;
            var status = await StatusAsync(found, view.Value, cancellationToken);
            if (!status.Ok || status.Value.IsRunning != last.IsRunning || status.Value.Waiting != last.Waiting || status.Value.Requeues != last.Requeues) return status;
            if (isStale) await Task.Delay(Pause, _time, cancellationToken);
        }
    }

    /// <inheritdoc />
    /// <remarks>The step hears of it by a file in the folder that it shares with this host, also while Slurm's controller is away.</remarks>
    public async Task<EngineResult<WorkloadStatus>> StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken)
    {
        var status = await InspectAsync(id, cancellationToken);
        if (!status.Ok || status.Value.IsOver || Find(id) is not { } found) return status;
        SlurmFolder.Replace(found.Folder.Stop, System.Text.Encoding.ASCII.GetBytes(Math.Ceiling(grace.TotalSeconds).ToString(CultureInfo.InvariantCulture)));
        var limit = _time.GetUtcNow() + grace + LastFiles + Pause + Pause;
        // What waits has nobody who would read that.
        if (status.Value.Waiting is not null && await CancelAsync(found.Record, cancellationToken) is { } refused) return refused;
        while (status is { Ok: true, Value.IsOver: false })
        {
            var left = limit - _time.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                if (await CancelAsync(found.Record, cancellationToken) is { } fault) return fault;
                limit = _time.GetUtcNow() + TimeSpan.FromMinutes(1);
            }
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var change = WaitForChangeAsync(id, status.Value, soon.Token);
            if (await Task.WhenAny(change, Task.Delay(left > Pause ? left : Pause, _time, soon.Token)) == change) status = await change;
            await soon.CancelAsync();
        }
        return status;
    }

    /// <inheritdoc />
    public async Task<EngineFault?> HoldAsync(string id, bool isHeld, CancellationToken cancellationToken)
    {
        if (Look(id) is not { Ok: true, Value.Record.Job: { } job }) return Look(id).Fault ?? NotFound(id);
        var said = await _slurm.RunAsync("scontrol", [isHeld ? "uhold" : "release", job], cancellationToken);
        _queue.Wake();
        return said.Fault;
    }

    /// <inheritdoc />
    public async Task<EngineResult<WorkloadStatus?>> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        using var turn = await _index.TurnAsync(id, cancellationToken);
        var looked = Look(id);
        if (looked.Fault is { Code: "unavailable" } away) return away;
        if (!looked.Ok)
        {
            if (WorkloadSpec.IsId(id)) _index.Remove(id);
            return default(EngineResult<WorkloadStatus?>);
        }
        var found = looked.Value;
        var status = await InspectAsync(id, cancellationToken);
        if (!status.Ok) return status.Fault;
        if (!status.Value.IsOver) return new EngineFault("exists", $"{id} {(status.Value.IsRunning ? "runs" : "waits")}. Stop it first.");
        found.Folder.Clear();
        _index.Remove(id);
        return status.Value;
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<LayerChange> ChangesAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Without a container there is no layer, and what a container has changed is gone with it.
        await Task.CompletedTask;
        yield break;
    }

    /// <inheritdoc />
    public string? PathOf(string id, string path) => null;

    private static EngineFault NotFound(string id) => new("not-found", $"There is no workload {id} of this hub on Slurm.");

    private Workload? Find(string id) => Look(id).Value;

    /// <summary>A workload; one whose folder cannot be read just now, as where a share is not mounted yet, is not one that is gone: it may run.</summary>
    private EngineResult<Workload> Look(string id)
    {
        if (_index.ScratchOf(id) is not { } scratch) return NotFound(id);
        var folder = new SlurmFolder(scratch);
        return folder.Read() is { } record ? new Workload(folder, record)
            : folder.IsEmpty ? NotFound(id) : new EngineFault("unavailable", $"The folder of {id} cannot be read: {scratch}; mend: is the folder that hub and nodes share mounted here?");
    }

    private async Task<EngineFault?> CancelAsync(SlurmRecord record, CancellationToken cancellationToken)
    {
        if (record.Job is not { } job) return null;
        var said = await _slurm.RunAsync("scancel", [job], cancellationToken);
        _queue.Wake();
        return said.Fault is { Code: "unavailable" or "not-permitted" } fault ? fault : null;
    }

    private sealed record Workload(SlurmFolder Folder, SlurmRecord Record);
}
