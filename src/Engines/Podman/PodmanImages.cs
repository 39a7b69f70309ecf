using System.Collections.Concurrent;
using System.Text.Json;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Podman;

/// <summary>Images: those that are here, and those that a registry has.</summary>
internal sealed class PodmanImages(PodmanApi api)
{
    /// <summary>The oldest glibc that Holdfast's own programs run with.</summary>
    private static readonly Version OldestLibc = new(2, 31);
    private static readonly string[] LibcPaths = ["/lib/x86_64-linux-gnu/libc.so.6", "/lib/aarch64-linux-gnu/libc.so.6", "/lib64/libc.so.6", "/usr/lib/libc.so.6"];

    /// <summary>Ids of images that were looked into and are fit: an id is always the same files.</summary>
    private readonly ConcurrentDictionary<string, bool> _fit = new();

    public async Task<EngineResult<EngineImage>> PrepareAsync(string name, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var found = await InspectAsync(name, cancellationToken);
        if (found.Fault is not { Code: "image-missing" }) return found;
        return IsId(name) ? found : await PullAsync(name, progress, cancellationToken) is { } fault ? fault : await InspectAsync(name, cancellationToken);
    }

    /// <summary>Whether programs that need glibc 2.31 run in it; null when they do.</summary>
    public async Task<EngineFault?> CheckLibcAsync(string image, CancellationToken cancellationToken)
    {
        if (_fit.ContainsKey(image)) return null;
        var spec = new WorkloadSpec { Id = $"look-{Guid.NewGuid():N}", Image = image, Argv = ["/"], Scratch = "", OutputFile = "" };
        var name = ContainerSpec.Name(spec.Id);
        var made = await api.PostAsync("/containers/create", ContainerSpec.Write(spec, 0, onHostNetwork: true), cancellationToken);
        if (!made.Ok) return made.Fault(api.Socket, made.Status == 404 ? "image-missing" : "bad-image", $"{image} cannot be looked into");
        try
        {
            foreach (var path in LibcPaths)
            {
                if (await VersionAsync(name, path, cancellationToken) is not { } version) continue;
                if (version >= OldestLibc)
                {
                    if (IsId(image)) _fit[image] = true;
                    return null;
                }
                return new("bad-image", $"{image} has glibc {version}, and {OldestLibc} is needed. Take an image of Debian 11, Ubuntu 20.04 or newer.");
            }

            return new("bad-image", $"{image} has no glibc: it is of musl (Alpine), of another kind of processor, or has no libraries. Take an image of Debian 11, Ubuntu 20.04 or newer.");
        }
        finally
        {
            await api.DeleteAsync($"/containers/{name}?force=true&v=true&timeout=0", CancellationToken.None);
        }
    }

    private async Task<Version?> VersionAsync(string container, string path, CancellationToken cancellationToken)
    {
        var (response, _) = await api.OpenAsync(HttpMethod.Get, $"/containers/{container}/archive?path={PodmanApi.Word(path)}", cancellationToken);
        using (response)
        {
            if (response is not { IsSuccessStatusCode: true }) return null;
            await using var archive = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await LibcVersion.FindAsync(archive, cancellationToken);
        }
    }

    public async Task<EngineResult<EngineImage>> InspectAsync(string name, CancellationToken cancellationToken)
    {
        var reply = await api.GetAsync($"/images/{PodmanApi.Word(name)}/json", cancellationToken);
        if (!reply.Ok) return reply.Fault(api.Socket, "image-missing", $"The image {name} is not here");
        var image = reply.Read(PodmanJson.Default.Image);
        var environment = (image.Config?.Env ?? []).Select(entry => entry.Split('=', 2)).ToDictionary(entry => entry[0], entry => entry.ElementAtOrDefault(1) ?? "");
        // The id stays this very image, wherever the name goes.
        return new EngineImage($"sha256:{image.Id}", DigestOf(image.Digest, image.RepoDigests, Repository(name)), image.Size, environment);
    }

    /// <summary>The digest by which a registry knows an image, that of this repository before others; null for none.</summary>
    public static string? DigestOf(string? own, IReadOnlyList<string>? digests, string? repository)
    {
        // Podman makes such names for images of no registry as well; those are called localhost/.
        var known = digests?.Where(digest => !digest.StartsWith("localhost/", StringComparison.Ordinal)).ToList() ?? [];
        // Of one that was built here and pulled as well, Podman gives both digests to every name; that of the build is the image's own.
        var digest = known.OrderBy(digest => !digest.StartsWith($"{repository}@", StringComparison.Ordinal)).ThenBy(digest => own is not null && digest.EndsWith(own, StringComparison.Ordinal)).FirstOrDefault();
        return digest?[(digest.IndexOf('@') + 1)..];
    }

    /// <summary>Fetches it from its registry, whatever is here.</summary>
    public async Task<EngineResult<EngineImage>> PullAsync(string name, RegistryLogin? login, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var (problem, fault) = await FetchAsync(name, login, progress, cancellationToken);
        return fault ?? (problem is null ? await InspectAsync(name, cancellationToken) : RegistryProblem.Of(name, login, problem) ?? Failed(name, problem));
    }

    private async Task<EngineFault?> PullAsync(string name, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        var (problem, fault) = await FetchAsync(name, null, progress, cancellationToken);
        return fault ?? (problem is null ? null : Failed(name, problem));
    }

    /// <summary>Why nothing was fetched: in Podman's words, or a fault that is not the registry's.</summary>
    private async Task<(string? Problem, EngineFault? Fault)> FetchAsync(string name, RegistryLogin? login, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (name.StartsWith("localhost/", StringComparison.Ordinal))
            return (null, new EngineFault("image-missing", $"The image {name} is not here, and localhost/ names images that were made here. Build it, or name one of a registry."));
        var (response, none) = await api.OpenAsync(HttpMethod.Post, $"/images/pull?reference={PodmanApi.Word(name)}{(IsLocal(name) ? "&tlsVerify=false" : "")}", null, cancellationToken, login);
        using (response)
        {
            if (response is null) return (null, none.Fault(api.Socket, "unavailable", ""));
            if (!response.IsSuccessStatusCode) return (new PodmanReply((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken)).Message, null);
            using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
            string? problem = null;
            var isPulled = false;
            try
            {
                while (await lines.ReadLineAsync(cancellationToken) is { } text)
                {
                    if (text.Length == 0) continue;
                    var line = JsonSerializer.Deserialize(text, PodmanJson.Default.PullLine)!;
                    if (line.Stream?.Trim() is { Length: > 0 } said) progress?.Report(said);
                    problem = line.Error ?? problem;
                    isPulled |= line.Id is { Length: > 0 };
                }
            }
            catch (Exception e) when (e is IOException or HttpRequestException or JsonException)
            {
                problem = e.Message;
            }

            // The answer is 200 in every case, and comes before the registry's.
            return (isPulled ? problem : problem ?? "Podman ended without an image", null);
        }
    }

    /// <summary>Docker's rule: what is on this computer needs no TLS.</summary>
    public static bool IsLocal(string name) => name.StartsWith("127.", StringComparison.Ordinal) || name.StartsWith("localhost:", StringComparison.Ordinal);

    private static EngineFault Failed(string name, string problem) =>
        problem.Contains("no space left on device", StringComparison.Ordinal) ? new("disk-full", $"{name} was not pulled: the disk is full. {problem}")
        : problem.Contains("short-name", StringComparison.Ordinal) ? new("image-missing", $"{name} is not here, and names no registry; mend: build it, or write the registry before it, as docker.io/library/{name}.")
        : new("image-pull-failed", $"{name} was not pulled: {problem}");

    private static bool IsId(string name) => name.StartsWith("sha256:", StringComparison.Ordinal);

    /// <summary>Without the tag or the digest.</summary>
    public static string Repository(string name)
    {
        var end = name.IndexOf('@');
        if (end >= 0) return name[..end];
        var colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') ? name[..colon] : name;
    }
}
