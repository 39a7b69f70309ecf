using System.Security.Cryptography;
using System.Text;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Recipes;

namespace Holdfast.Hub.Images;

/// <summary>
/// Images of jobs: a thin layer with the code on another image. They are ordinary ones, called <c>localhost/holdfast/jobs/NAME</c>, with the code at <c>/code</c>, where a command
/// starts. What was made before is found by its labels, whatever it is called.
/// </summary>
internal sealed class JobImages(HubOptions options)
{
    /// <summary>The hash of the code.</summary>
    public const string CodeLabel = "io.holdfast.job.code";
    /// <summary>The id of the image below.</summary>
    public const string BaseLabel = "io.holdfast.job.base";
    /// <summary>The hash of the lines that install something; empty for none.</summary>
    public const string InstallLabel = "io.holdfast.job.install";

    private const string Repositories = "localhost/holdfast/jobs", HomeRepositories = "localhost/holdfast/homes";
    private readonly SemaphoreSlim _build = new(1);

    /// <summary>An image with code on another one, made unless it is there.</summary>
    /// <param name="baseImage">By any name that the engine understands; fetched when it is not here.</param>
    /// <param name="codeHash">Names a folder of code (<see cref="HubFolders.CodeFilesOf"/>), with or without <c>sha256:</c>.</param>
    /// <param name="name">The job's name.</param>
    /// <param name="progress">Gets each line that is said on the way; may be null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<HubResult<JobImage>> MakeAsync(string baseImage, string codeHash, string name, IProgress<string>? progress, CancellationToken cancellationToken) =>
        MakeAsync(new JobImageWish(baseImage, codeHash, name), progress, cancellationToken);

    /// <inheritdoc cref="MakeAsync(string, string, string, IProgress{string}?, CancellationToken)" />
    public async Task<HubResult<JobImage>> MakeAsync(JobImageWish wish, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (options.Engines.Values.FirstOrDefault(each => each is IImageStore) is not { } engine || engine is not IImageStore store || engine is not IImageBuilder builder) return ImageFaults.NoEngine;
        var hash = wish.CodeHash.StartsWith("sha256:", StringComparison.Ordinal) ? wish.CodeHash["sha256:".Length..] : wish.CodeHash;
        if (hash.Length != 64 || !hash.All(char.IsAsciiHexDigitLower)) return new HubFault("bad-request", $"'{wish.CodeHash}' is no hash of code: sha256: and 64 hexadecimal digits.");
        if (!Directory.Exists(options.Folders.CodeFilesOf(hash))) return new HubFault("not-found", $"The code {hash} is not here; mend: send it again.");
        if (!ImageName.IsRepository($"holdfast/jobs/{wish.Name}")) return new HubFault("bad-request", $"'{wish.Name}' cannot be a part of an image's name.");

        var below = await engine.PrepareAsync(wish.BaseImage, progress, cancellationToken);
        if (!below.Ok) return ImageFaults.Of(below.Fault);
        var install = string.Concat((wish.Install ?? []).Select(line => $"{line}\n"));
        // The first one is what few images have.
        var labels = new Dictionary<string, string> { [CodeLabel] = hash, [BaseLabel] = below.Value.Reference!, [InstallLabel] = install.Length == 0 ? "" : Hash(install) };
        var tag = Hash(string.Join('\n', labels.Values))[..12];
        var repository = $"{Repositories}/{wish.Name}";

        var found = await FindAsync(engine, store, labels, $"{repository}:{tag}", cancellationToken);
        if (found is not { Ok: true, Value: null }) return found!;
        await _build.WaitAsync(cancellationToken);
        try
        {
            // Another one may have made it meanwhile.
            found = await FindAsync(engine, store, labels, $"{repository}:{tag}", cancellationToken);
            if (found is not { Ok: true, Value: null }) return found!;
            var text = $"FROM {below.Value.Reference}\n{install}WORKDIR /code\nCOPY context/ /code/\nLABEL {string.Join(' ', labels.Select(label => $"{label.Key}=\"{label.Value}\""))}\n";
            var built = await builder.BuildAsync(new ImageBuild(options.Folders.CodeFilesOf(hash), repository) { Containerfile = text, Tag = tag }, progress, cancellationToken);
            return built.Ok ? new JobImage(built.Value.Reference, null, WasThere: false) : ImageFaults.Of(built.Fault);
        }
        finally
        {
            _build.Release();
        }
    }

    /// <summary>An image with the packages of a home on another one, made unless it is there: the same packages are the same image, whatever times their files have.</summary>
    /// <param name="wish">What it is made of.</param>
    /// <param name="put">Puts the packages below a folder, as they lie in the home; what went wrong, or null.</param>
    /// <param name="progress">Gets each line that is said on the way; may be null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What <see cref="WorkloadSpec.Image"/> takes.</returns>
    public async Task<HubResult<string>> WithHomeAsync(JobHomeWish wish, Func<string, Task<string?>> put, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (options.Engines.Values.FirstOrDefault(each => each is IImageStore) is not { } engine || engine is not IImageStore store || engine is not IImageBuilder builder) return ImageFaults.NoEngine;
        var (repository, tag) = ($"{HomeRepositories}/{wish.Machine}", Hash($"{wish.BaseImage}\n{wish.Home}\n{wish.Mark}")[..12]);
        if (await store.FindImageAsync($"{repository}:{tag}", cancellationToken) is { Ok: true, Value.Reference: { } known }) return known;
        var below = await engine.PrepareAsync(wish.BaseImage, progress, cancellationToken);
        if (!below.Ok) return ImageFaults.Of(below.Fault);
        var folder = HubFolders.Make(Path.Combine(options.Folders.Root, "checks", $"home-{Guid.NewGuid():N}"));
        await _build.WaitAsync(cancellationToken);
        try
        {
            if (await put(folder) is { } problem) return new HubFault("conflict", problem);
            // A kept layer has the variables of the machine that it was kept of, without their values: what would be missing is set.
            var variables = RecipeText.Environment(new Dictionary<string, string> { ["HOME"] = wish.Home, ["PATH"] = $"{wish.Home}/.local/bin:{wish.Path}" });
            var built = await builder.BuildAsync(new ImageBuild(folder, repository) { Containerfile = $"FROM {below.Value.Reference}\n{variables}COPY context/ {wish.Home}/\n", Tag = tag }, progress, cancellationToken);
            return built.Ok ? built.Value.Reference : ImageFaults.Of(built.Fault);
        }
        finally
        {
            _build.Release();
            FolderCopy.Remove(folder);
        }
    }

    /// <summary>The image of these labels, which has this name from then on; null for none.</summary>
    private static async Task<HubResult<JobImage?>> FindAsync(IEngine engine, IImageStore store, Dictionary<string, string> labels, string name, CancellationToken cancellationToken)
    {
        var found = await store.FindImageAsync(labels, cancellationToken);
        if (found.Fault is { } fault) return ImageFaults.Of(fault);
        if (found.Value is not { } reference) return new HubResult<JobImage?>(null, null);
        await store.TagImageAsync(reference, name, cancellationToken);
        var image = await engine.PrepareAsync(reference, null, cancellationToken);
        return image.Ok ? new JobImage(reference, image.Value.Digest, WasThere: true) : ImageFaults.Of(image.Fault);
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>What an image of a job is made of.</summary>
/// <param name="BaseImage">By any name that the engine understands.</param>
/// <param name="CodeHash">Names a folder of code.</param>
/// <param name="Name">The job's name.</param>
/// <param name="Install">Lines of a Containerfile before the code, as those of a recipe; null for none.</param>
public sealed record JobImageWish(string BaseImage, string CodeHash, string Name, IReadOnlyList<string>? Install = null);

/// <summary>What an image with the packages of a home is made of.</summary>
/// <param name="BaseImage">By any name that the engine understands.</param>
/// <param name="Machine">The id of the machine that this is the environment of.</param>
/// <param name="Home">The home inside.</param>
/// <param name="Mark">Tells its packages from others.</param>
/// <param name="Path">The <c>PATH</c> besides home's programs.</param>
public sealed record JobHomeWish(string BaseImage, string Machine, string Home, string Mark, string Path);

/// <summary>An image of a job.</summary>
/// <param name="Reference">What <see cref="WorkloadSpec.Image"/> takes.</param>
/// <param name="Digest">The digest by which a registry knows it; null while no registry does.</param>
/// <param name="WasThere">Whether it was made before.</param>
public sealed record JobImage(string Reference, string? Digest, bool WasThere);
