using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

public sealed partial class PodmanEngine
{
    /// <inheritdoc/>
    public async Task<EngineResult<WorkloadStatus>> StartAsync(WorkloadSpec spec, CancellationToken cancellationToken)
    {
        if (ContainerSpec.Check(spec) is { } bad) return bad;
        var (network, unavailable) = await _setup.NetworkAsync(cancellationToken);
        if (unavailable is not null) return unavailable;
        if (!PrepareOutput(spec.OutputFile, out var length, out var problem)) return new EngineFault("bad-spec", $"{spec.OutputFile} cannot be written: {problem}");
        KeptImage? layer = null;
        if (spec.Layer is { } kept)
        {
            var found = await FindLayerAsync(spec, kept, cancellationToken);
            if (!found.Ok) return found.Fault;
            layer = found.Value;
        }

        var body = ContainerSpec.Write(spec, length, onHostNetwork: network is not null, layer);
        var made = await _api.PostAsync("/containers/create", body, cancellationToken);
        if (IsTaken(made))
        {
            if (!await RemoveLeftoverAsync(spec.Id, StartLimit, cancellationToken)) return new EngineFault("exists", $"'{spec.Id}' runs, or has ended and was not removed.");
            made = await _api.PostAsync("/containers/create", body, cancellationToken);
            if (IsTaken(made)) return new EngineFault("exists", $"'{spec.Id}' runs, or has ended and was not removed.");
        }

        if (made.Status == 404 || made.Message.Contains("image not known", StringComparison.Ordinal)) return new EngineFault("image-missing", $"The image {spec.Image} is not here.");
        if (!made.Ok) return made.Fault(_api.Socket, made.Message.Contains("CDI", StringComparison.Ordinal) ? "no-capacity" : "start-failed", $"'{spec.Id}' was not started");
        var container = made.Read(PodmanJson.Default.PodmanId).Id;
        var started = false;
        try
        {
            if (await ProgramFaultAsync(container, spec, cancellationToken) is { } missing) return missing;
            var reply = await _api.PostAsync($"/containers/{container}/start", null, cancellationToken);
            if (!reply.Ok) return _setup.Explain(reply, $"'{spec.Id}' was not started");
            started = true;
            _stopped.TryRemove(spec.Id, out _);
        }
        finally
        {
            if (!started) await _api.DeleteAsync($"/containers/{container}?force=true&v=true&timeout=0", CancellationToken.None);
        }

        return await InspectAsync(spec.Id, cancellationToken);
    }

    private static bool IsTaken(PodmanReply made) => made is { Ok: false, Status: not 0 } && made.Message.Contains("already in use", StringComparison.Ordinal);

    /// <summary>Removes what somebody made who died before its start.</summary>
    private async Task<bool> RemoveLeftoverAsync(string id, TimeSpan age, CancellationToken cancellationToken)
    {
        var reply = await _api.GetAsync($"/containers/{ContainerSpec.Name(id)}/json", cancellationToken);
        if (!reply.Ok) return reply.Status == 404;
        var container = reply.Read(PodmanJson.Default.Container);
        if (!container.State.IsNeverStarted || _time.GetUtcNow() - container.Created < age) return false;
        return (await _api.DeleteAsync($"/containers/{container.Id}?force=true&v=true&timeout=0", cancellationToken)).Ok;
    }

    /// <summary>The init would start all the same and end at once, as a command that fails: whether there is a program is asked before.</summary>
    private async Task<EngineFault?> ProgramFaultAsync(string container, WorkloadSpec spec, CancellationToken cancellationToken)
    {
        const uint Executable = 0b001_001_001;
        var program = spec.Argv[0];
        var reply = await _api.HeadAsync($"/containers/{container}/archive?path={PodmanApi.Word(program)}", "X-Docker-Container-Path-Stat", cancellationToken);
        if (reply.Status == 404) return new("start-failed", $"There is no {program} in {spec.Image}.");
        if (!reply.Ok || reply.Body.Length == 0) return null; // the start itself will tell
        var stat = reply.Read(PodmanJson.Default.PathStat);
        return stat.IsFolder || (stat.Mode & Executable) == 0 ? new("start-failed", $"{program} in {spec.Image} is no program.") : null;
    }

    private static bool PrepareOutput(string file, out long length, out string? problem)
    {
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            using var output = new FileStream(file, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, UnixCreateMode = Private });
            File.SetUnixFileMode(output.SafeFileHandle, Private);
            (length, problem) = (output.Length, null);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            (length, problem) = (0, e.Message);
            return false;
        }
    }
}
