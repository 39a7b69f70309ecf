using System.Text.Json.Serialization;

namespace Holdfast.Engines.Podman;

internal sealed record PodmanProblem([property: JsonPropertyName("message")] string? Message);

internal sealed record PodmanId(string Id);

internal sealed record ContainerState(string Status, int Pid, int ExitCode, bool OOMKilled, DateTimeOffset StartedAt, DateTimeOffset FinishedAt)
{
    /// <summary>Whether it was made, and no more. After a boot Podman says "created" of one that ran, too.</summary>
    public bool IsNeverStarted => IsUnseen && StartedAt.Year <= 1;

    /// <summary>Whether Podman did not see it end.</summary>
    public bool IsUnseen => Status is "created" or "configured" or "initialized";
}

internal sealed record ContainerConfig(Dictionary<string, string>? Labels, List<string>? Env);

internal sealed record ContainerLog(string? Path);

internal sealed record ContainerHostConfig(ContainerLog? LogConfig, long Memory);

internal sealed record ContainerMount(string Destination);

internal sealed record GraphDriver(Dictionary<string, string>? Data);

/// <summary><c>GET /containers/{name}/json</c>.</summary>
internal sealed record Container(
    string Id, string Name, DateTimeOffset Created, ContainerState State, ContainerConfig Config, ContainerHostConfig HostConfig, List<ContainerMount>? Mounts, GraphDriver? GraphDriver, string? Image);

/// <summary>One of <c>GET /containers/json</c>.</summary>
internal sealed record ListedContainer(string Id, List<string>? Names, Dictionary<string, string>? Labels, string? ImageID);

/// <summary>One of <c>GET /containers/{name}/changes</c>: 0 modified, 1 added, 2 deleted.</summary>
internal sealed record ContainerChange(string Path, int Kind);

/// <summary>What <c>HEAD /containers/{name}/archive</c> says of a path; the mode is Go's, its last nine bits those of the system.</summary>
internal sealed record PathStat([property: JsonPropertyName("mode")] uint Mode, [property: JsonPropertyName("isDir")] bool IsFolder, [property: JsonPropertyName("linkTarget")] string? LinkTarget);

/// <summary><c>GET /exec/{id}/json</c>.</summary>
internal sealed record ExecState(bool Running, int ExitCode, int Pid);

/// <summary><c>GET /images/{name}/json</c>.</summary>
internal sealed record Image(string Id, string? Digest, long Size, List<string>? RepoDigests, ContainerConfig? Config, ImageRoot? RootFS, List<ImageStep>? History);

internal sealed record ImageRoot(List<string>? Layers);

internal sealed record ImageStep([property: JsonPropertyName("empty_layer")] bool IsEmpty);

/// <summary>One of <c>GET /images/{name}/history</c>, the newest first.</summary>
internal sealed record SizedStep(long Size);

/// <summary>The header <c>X-Registry-Auth</c>.</summary>
internal sealed record RegistryAuth([property: JsonPropertyName("username")] string User, [property: JsonPropertyName("password")] string Password);

/// <summary>A line of <c>POST /images/{name}/push</c>.</summary>
internal sealed record PushLine(
    [property: JsonPropertyName("status")] string? Status, [property: JsonPropertyName("id")] string? Id, [property: JsonPropertyName("progress")] string? Progress, [property: JsonPropertyName("error")] string? Error);

/// <summary>A line of <c>POST /images/pull</c>.</summary>
internal sealed record PullLine([property: JsonPropertyName("stream")] string? Stream, [property: JsonPropertyName("error")] string? Error, [property: JsonPropertyName("id")] string? Id);

internal sealed record RuntimeInfo([property: JsonPropertyName("name")] string? Name);

internal sealed record NetworkProgram([property: JsonPropertyName("executable")] string? Executable);

internal sealed record SecurityInfo([property: JsonPropertyName("rootless")] bool IsRootless);

internal sealed record HostInfo(
    [property: JsonPropertyName("ociRuntime")] RuntimeInfo? Runtime,
    [property: JsonPropertyName("cgroupVersion")] string? CgroupVersion,
    [property: JsonPropertyName("networkBackend")] string? NetworkBackend,
    [property: JsonPropertyName("slirp4netns")] NetworkProgram? Slirp,
    [property: JsonPropertyName("pasta")] NetworkProgram? Pasta,
    [property: JsonPropertyName("security")] SecurityInfo? Security);

internal sealed record VersionInfo(string Version);

/// <summary><c>GET /info</c>.</summary>
internal sealed record PodmanInfo([property: JsonPropertyName("host")] HostInfo Host, [property: JsonPropertyName("version")] VersionInfo Version);

[JsonSerializable(typeof(PodmanProblem))]
[JsonSerializable(typeof(PodmanId))]
[JsonSerializable(typeof(Container))]
[JsonSerializable(typeof(List<ListedContainer>))]
[JsonSerializable(typeof(List<ContainerChange>))]
[JsonSerializable(typeof(PathStat))]
[JsonSerializable(typeof(ExecState))]
[JsonSerializable(typeof(Image))]
[JsonSerializable(typeof(PullLine))]
[JsonSerializable(typeof(PushLine))]
[JsonSerializable(typeof(RegistryAuth))]
[JsonSerializable(typeof(List<SizedStep>))]
[JsonSerializable(typeof(PodmanInfo))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, List<string>>))]
internal sealed partial class PodmanJson : JsonSerializerContext;
