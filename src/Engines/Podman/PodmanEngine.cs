using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

/// <summary>
/// Workloads as containers of Podman 4 or newer on this host, over its socket. No container is privileged, gets capabilities besides Podman's own, or sees the
/// socket. What a container says goes on being recorded by Podman without this process; it is in the output file while this process lives, and all of it from
/// the moment on that another one looks.
/// </summary>
public sealed partial class PodmanEngine : IEngine, IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private readonly PodmanApi _api;
    private readonly PodmanImages _images;
    private readonly PodmanSetup _setup;
    private readonly TimeProvider _time;
    private readonly OutputFollower _outputs;
    private readonly ConcurrentDictionary<string, int> _processes = new();
    private readonly ConcurrentDictionary<string, bool> _stopped = new();

    /// <param name="socket">The path of Podman's socket; see <see cref="PodmanSocket"/>.</param>
    /// <param name="time">The clock; the system's when null.</param>
    public PodmanEngine(string socket, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _api = new PodmanApi(socket);
        _images = new PodmanImages(_api);
        _setup = new PodmanSetup(_api);
        _outputs = new OutputFollower(_time);
    }

    /// <inheritdoc/>
    public string Name => "podman";

    /// <inheritdoc/>
    public Task<IReadOnlyList<EngineFault>> CheckAsync(CancellationToken cancellationToken) => _setup.CheckAsync(cancellationToken);

    /// <inheritdoc/>
    public async Task<EngineResult<EngineImage>> PrepareAsync(string? image, IProgress<string>? progress, CancellationToken cancellationToken) =>
        image is null ? new EngineFault("bad-spec", "Podman needs an image, and none is named.") : await _images.PrepareAsync(image, progress, cancellationToken);

    /// <summary>Whether programs that need glibc 2.31, as Holdfast's own, run in an image that is here; null when they do.</summary>
    /// <param name="image">A name or digest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<EngineFault?> CheckLibcAsync(string image, CancellationToken cancellationToken) => _images.CheckLibcAsync(image, cancellationToken);

    /// <inheritdoc/>
    public async Task<EngineResult<WorkloadStatus>> InspectAsync(string id, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, cancellationToken);
        return found.Ok ? await StatusAsync(found.Value, cancellationToken) : found.Fault;
    }

    /// <inheritdoc/>
    public async Task<EngineResult<IReadOnlyList<WorkloadStatus>>> ListAsync(string owner, CancellationToken cancellationToken)
    {
        var filters = JsonSerializer.Serialize(new() { ["label"] = [$"{ContainerSpec.OwnerLabel}={owner}"] }, PodmanJson.Default.DictionaryStringListString);
        var reply = await _api.GetAsync($"/containers/json?all=true&filters={PodmanApi.Word(filters)}", cancellationToken);
        if (!reply.Ok) return reply.Fault(_api.Socket, "unavailable", "Podman does not list its containers");
        var ids = from container in reply.Read(PodmanJson.Default.ListListedContainer)
                  let id = container.Labels?.GetValueOrDefault(ContainerSpec.IdLabel)
                  where id is not null && container.Names?.Contains(ContainerSpec.Name(id)) == true
                  select id;
        var all = await Task.WhenAll(ids.Select(id => InspectAsync(id, cancellationToken)));
        return all.FirstOrDefault(result => result.Fault is { Code: not "not-found" }).Fault is { } fault ? fault : all.Where(result => result.Ok).Select(result => result.Value!).ToList();
    }

    /// <inheritdoc/>
    public async Task<EngineResult<WorkloadStatus>> WaitAsync(string id, CancellationToken cancellationToken)
    {
        var status = await InspectAsync(id, cancellationToken);
        if (status is not { Ok: true, Value.IsRunning: true }) return status;
        // Podman would look at its own state over and over; a process that is seen from here costs it nothing.
        await LocalProcess.EndAsync(status.Value.ProcessId ?? 0, _time, cancellationToken);
        var ended = await _api.PostAsync($"/containers/{ContainerSpec.Name(id)}/wait?interval=10ms", null, cancellationToken);
        return ended.Ok ? await InspectAsync(id, cancellationToken) : ended.Fault(_api.Socket, ended.Status == 404 ? "not-found" : "unavailable", $"'{id}' cannot be waited for");
    }

    /// <inheritdoc/>
    public async Task<EngineResult<ExecResult>> ExecAsync(string id, ExecCommand command, CancellationToken cancellationToken)
    {
        var status = await InspectAsync(id, cancellationToken);
        return status.Fault ?? NotRunning(status.Value!) ?? await PodmanExec.RunAsync(_api, id, command, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<EngineResult<IReadOnlyList<string>>> EntryAsync(string id, IReadOnlyList<string> argv, CancellationToken cancellationToken)
    {
        var status = await InspectAsync(id, cancellationToken);
        if ((status.Fault ?? NotRunning(status.Value!)) is { } fault) return fault;
        // A terminal inside only where there is one outside: else its line ends would be in what is piped.
        const string Script = "if [ -t 0 ] && [ -t 1 ]; then set -- -t -e TERM=\"$TERM\" \"$@\"; fi; exec podman --remote --url \"$0\" exec -i \"$@\"";
        return (List<string>)["/bin/sh", "-c", Script, $"unix://{_api.Socket}", ContainerSpec.Name(id), .. argv];
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LayerChange> ChangesAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, cancellationToken);
        if (!found.Ok) yield break;
        // What a kept layer brought along is a change, too.
        var below = found.Value.Config.Labels?.GetValueOrDefault(ContainerSpec.BaseLabel) is { Length: > 0 } image ? $"?parent={PodmanApi.Word(image)}" : "";
        var reply = await _api.GetAsync($"/containers/{ContainerSpec.Name(id)}/changes{below}", cancellationToken);
        if (!reply.Ok) yield break;
        foreach (var change in ContainerLayer.Changes(found.Value, reply.Read(PodmanJson.Default.ListContainerChange) ?? [])) yield return change;
    }

    /// <summary>Below <c>/proc</c>, while it runs and this engine has seen it. An absolute symbolic link in it leads out of the workload: who follows one must not.</summary>
    /// <inheritdoc/>
    public string? PathOf(string id, string path) =>
        path.StartsWith('/') && Path.GetFullPath(path) == path && _processes.TryGetValue(id, out var process) && Directory.Exists($"/proc/{process}/root/") ? $"/proc/{process}/root{path}" : null;

    /// <inheritdoc/>
    public async Task<EngineResult<WorkloadStatus>> StopAsync(string id, TimeSpan grace, CancellationToken cancellationToken)
    {
        var status = await InspectAsync(id, cancellationToken);
        if (status is not { Ok: true, Value.IsRunning: true }) return status;
        _stopped[id] = true;
        var reply = await _api.PostAsync($"/containers/{ContainerSpec.Name(id)}/stop?timeout={Math.Ceiling(grace.TotalSeconds):0}", null, cancellationToken);
        // 304: it has ended by itself meanwhile.
        return reply.Ok || reply.Status == 304 ? await WaitAsync(id, cancellationToken) : reply.Fault(_api.Socket, reply.Status == 404 ? "not-found" : "unavailable", $"'{id}' was not stopped");
    }

    /// <inheritdoc/>
    public async Task<EngineResult<WorkloadStatus?>> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, cancellationToken);
        if (found.Fault is { Code: "not-found" })
        {
            // One that was made and never started is none, and yet it holds the name.
            await RemoveLeftoverAsync(id, TimeSpan.Zero, cancellationToken);
            return (WorkloadStatus?)null;
        }
        if (!found.Ok) return found.Fault;
        var status = await StatusAsync(found.Value, cancellationToken);
        if (status.IsRunning) return new EngineFault("exists", $"'{id}' runs. Stop it first.");
        var reply = await _api.DeleteAsync($"/containers/{ContainerSpec.Name(id)}?v=true", cancellationToken);
        if (!reply.Ok && reply.Status != 404) return reply.Fault(_api.Socket, "unavailable", $"'{id}' was not removed");
        _processes.TryRemove(id, out _);
        _stopped.TryRemove(id, out _);
        _outputs.Forget(found.Value.Id);
        return status;
    }

    /// <summary>Stops following what workloads say; they run on.</summary>
    public void Dispose()
    {
        _outputs.Dispose();
        _api.Dispose();
    }

    private static EngineFault? NotRunning(WorkloadStatus status) => status.IsRunning ? null : new("not-running", $"'{status.Id}' has ended.");

    /// <summary>One that was made and never started, by a process that died in between, is none.</summary>
    private async Task<EngineResult<Container>> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (!WorkloadSpec.IsId(id)) return Missing(id);
        var reply = await _api.GetAsync($"/containers/{ContainerSpec.Name(id)}/json", cancellationToken);
        if (reply.Status == 404) return Missing(id);
        if (!reply.Ok) return reply.Fault(_api.Socket, "unavailable", $"Podman does not tell of '{id}'");
        var container = reply.Read(PodmanJson.Default.Container);
        return container.State.IsNeverStarted ? Missing(id) : container;
    }

    private async Task<WorkloadStatus> StatusAsync(Container container, CancellationToken cancellationToken)
    {
        var labels = container.Config.Labels ?? [];
        var id = labels.GetValueOrDefault(ContainerSpec.IdLabel, container.Name);
        var own = labels.TryGetValue(ContainerSpec.LabelsLabel, out var text) ? JsonSerializer.Deserialize(text, PodmanJson.Default.DictionaryStringString)! : [];
        var state = container.State;
        if (state.Status is "running" or "paused" or "stopping")
        {
            _processes[id] = state.Pid;
            _outputs.Follow(container, state.Pid);
            return new(id, IsRunning: true, state.Pid, null, false, state.StartedAt, null, own);
        }

        await _outputs.FinishAsync(container, cancellationToken);
        if (state.IsUnseen) return new(id, IsRunning: false, null, null, false, state.StartedAt, null, own);
        return new(id, IsRunning: false, null, state.ExitCode, IsOutOfMemory(id, container), state.StartedAt, state.FinishedAt, own);
    }

    private bool IsOutOfMemory(string id, Container container) =>
        container.State.OOMKilled
        || (container is { State.ExitCode: 137, HostConfig.Memory: > 0 } && (KernelLog.HasEndedFor(container.Id) ?? !_stopped.ContainsKey(id)));

    private static EngineFault Missing(string id) => new("not-found", $"There is no workload '{id}'.");
}
