namespace Holdfast.Engines.Contract;

/// <summary>
/// Where workloads run. Everything that an engine starts goes on without it: another process with the same engine finds it by its id. Engines keep no state of
/// their own besides what the workloads themselves are. Safe for concurrent calls; two calls for the same id wait for each other.
/// </summary>
public interface IEngine
{
    /// <summary><c>host</c>, <c>podman</c> or <c>slurm</c>.</summary>
    string Name { get; }

    /// <summary>Whether workloads have a root of their own, with the mounts in their places; no: they see this host's paths (see docs/engines.md, "Without root").</summary>
    bool HasOwnRoots => true;

    /// <summary>
    /// Whether it decides itself when and where workloads run: a start only asks for it (<see cref="WorkloadStatus.Waiting"/>), and it may begin one anew on another node
    /// (<see cref="WorkloadStatus.Requeues"/>).
    /// </summary>
    bool SchedulesItself => false;

    /// <summary>Why a program that needs glibc 2.31 cannot run in an image; null when it can, or nobody can tell.</summary>
    Task<EngineFault?> CheckLibcAsync(string image, CancellationToken cancellationToken) => Task.FromResult<EngineFault?>(null);

    /// <summary>What is missing or misconfigured, each with its mend; empty when workloads can run.</summary>
    Task<IReadOnlyList<EngineFault>> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Makes an image ready to start, pulling it when it is not here. The host has one image, itself, and no name for it.</summary>
    /// <param name="image">A reference or digest; null for the host itself.</param>
    /// <param name="progress">Gets a line for each step; may be null.</param>
    /// <param name="cancellationToken">Gives up; what was pulled stays.</param>
    Task<EngineResult<EngineImage>> PrepareAsync(string? image, IProgress<string>? progress, CancellationToken cancellationToken);

    /// <summary>Starts a workload. When this completes its command has been executed, not yet said anything; or, where the engine schedules itself, it waits for that. An id that runs already is refused (<c>exists</c>).</summary>
    Task<EngineResult<WorkloadStatus>> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken);

    /// <summary>A workload that runs or has ended and was not removed; fault <c>not-found</c> when there is none.</summary>
    Task<EngineResult<WorkloadStatus>> InspectAsync(string id, CancellationToken cancellationToken);

    /// <summary>All workloads whose label <c>owner</c> is this.</summary>
    Task<EngineResult<IReadOnlyList<WorkloadStatus>>> ListAsync(string owner, CancellationToken cancellationToken);

    /// <summary>Completes when the workload has ended, also one that another process started.</summary>
    Task<EngineResult<WorkloadStatus>> WaitAsync(string id, CancellationToken cancellationToken);

    /// <summary>Completes when the workload stands in another way than it did: it waits, runs, runs again or has ended. Engines that do not schedule themselves wait for its end.</summary>
    /// <param name="id">The workload.</param>
    /// <param name="last">How it stood.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    Task<EngineResult<WorkloadStatus>> WaitForChangeAsync(string id, WorkloadStatus last, CancellationToken cancellationToken) => WaitAsync(id, cancellationToken);

    /// <summary>Runs a command inside a running workload to its end.</summary>
    /// <param name="id">The workload.</param>
    /// <param name="command">What to run, and what it reads.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task<EngineResult<ExecResult>> ExecAsync(string id, ExecCommand command, CancellationToken cancellationToken);

    /// <summary>Program and arguments by which a terminal on this host gets into the workload: what <c>holdfast machine exec</c> becomes.</summary>
    Task<EngineResult<IReadOnlyList<string>>> EntryAsync(string id, IReadOnlyList<string> argv, CancellationToken cancellationToken);

    /// <summary>
    /// What the workload has changed in its ephemeral layer since its start: of a folder that is new only the folder, of one that was there each changed
    /// path in it. What lies in mounts is not part of it. Also after its end, until it is removed.
    /// </summary>
    IAsyncEnumerable<LayerChange> ChangesAsync(string id, CancellationToken cancellationToken);

    /// <summary>Where this host's processes can read a path of the workload's own root as it is now, read-only; null when that cannot be.</summary>
    string? PathOf(string id, string path);

    /// <summary>Ends a workload: SIGTERM to its first process, and SIGKILL to all after <paramref name="grace"/>. One that has ended stays as it is.</summary>
    Task<EngineResult<WorkloadStatus>> StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken);

    /// <summary>Removes a workload that has ended, and its ephemeral layer; that there is none is no fault.</summary>
    Task<EngineResult<WorkloadStatus?>> RemoveAsync(string id, CancellationToken cancellationToken);
}
