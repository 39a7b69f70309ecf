using Holdfast.Engines.Contract;

namespace Holdfast.Hub.Machines;

/// <summary>Stands for an engine that was there when a machine was made and is not now.</summary>
internal sealed class MissingEngine : IEngine
{
    private static readonly EngineFault Fault = new("unavailable", "Its engine is not there; mend: holdfast doctor says what is missing.");

    public static MissingEngine Instance { get; } = new();

    public string Name => "missing";

    public Task<IReadOnlyList<EngineFault>> CheckAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<EngineFault>>([Fault]);

    public Task<EngineResult<EngineImage>> PrepareAsync(string? image, IProgress<string>? progress, CancellationToken cancellationToken) => Task.FromResult<EngineResult<EngineImage>>(Fault);

    public Task<EngineResult<WorkloadStatus>> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken) => Task.FromResult<EngineResult<WorkloadStatus>>(Fault);

    public Task<EngineResult<WorkloadStatus>> InspectAsync(string id, CancellationToken cancellationToken) => Task.FromResult<EngineResult<WorkloadStatus>>(Fault);

    public Task<EngineResult<IReadOnlyList<WorkloadStatus>>> ListAsync(string owner, CancellationToken cancellationToken) => Task.FromResult<EngineResult<IReadOnlyList<WorkloadStatus>>>(Fault);

    public Task<EngineResult<WorkloadStatus>> WaitAsync(string id, CancellationToken cancellationToken) => Task.FromResult<EngineResult<WorkloadStatus>>(Fault);

    public Task<EngineResult<ExecResult>> ExecAsync(string id, ExecCommand command, CancellationToken cancellationToken) => Task.FromResult<EngineResult<ExecResult>>(Fault);

    public Task<EngineResult<IReadOnlyList<string>>> EntryAsync(string id, IReadOnlyList<string> argv, CancellationToken cancellationToken) => Task.FromResult<EngineResult<IReadOnlyList<string>>>(Fault);

    public IAsyncEnumerable<LayerChange> ChangesAsync(string id, CancellationToken cancellationToken) => AsyncEnumerable.Empty<LayerChange>();

    public string? PathOf(string id, string path) => null;

    public Task<EngineResult<WorkloadStatus>> StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken) => Task.FromResult<EngineResult<WorkloadStatus>>(Fault);

    public Task<EngineResult<WorkloadStatus?>> RemoveAsync(string id, CancellationToken cancellationToken) => Task.FromResult<EngineResult<WorkloadStatus?>>(Fault);
}
