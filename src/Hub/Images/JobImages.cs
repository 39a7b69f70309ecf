using System.Security.Cryptography;
using System.Text;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Recipes;

namespace Holdfast.Hub.Images;

/// <summary>
/// Images of jobs: a thin layer with the code on another image. They are ordinary ones, called <c>localhost/holdfast/jobs/NAME</c>, with the code at <c>/code</c>, where a command
/// starts, and the Python package that a hub gives its jobs: they run without one. What was made before is found by its labels, whatever it is called.
/// </summary>
internal sealed class JobImages(HubOptions options)
{
    /// <summary>The hash of the code.</summary>
    public const string CodeLabel = "io.holdfast.job.code";
    /// <summary>The id of the image below.</summary>
    public const string BaseLabel = "io.holdfast.job.base";
    /// <summary>The hash of the Python package that is in it.</summary>
    public const string PackageLabel = "io.holdfast.job.package";

    private const string ProgramPlace = Surroundings.ProgramPlace, Repositories = "localhost/holdfast/jobs", HomeRepositories = "localhost/holdfast/homes";
    private readonly SemaphoreSlim _build = new(1);
    private readonly Lazy<PythonPackage> _package = new(() => PythonPackage.Read(options.ProgramFolder));

    /// <summary>An image with code, and our Python package, on another one, made unless it is there.</summary>
    /// <param name="baseImage">By any name that the engine understands; fetched when it is not here.</param>
    /// <param name="codeHash">Names a folder of code (<see cref="HubFolders.CodeFilesOf"/>), with or without <c>sha256:</c>.</param>
    /// <param name="name">The job's name.</param>
    /// <param name="progress">Gets each line that is said on the way; may be null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<JobImage>> MakeAsync(string baseImage, string codeHash, string name, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (Builder is not var (engine, store, builder)) return ImageFaults.NoEngine;
        var hash = codeHash.StartsWith("sha256:", StringComparison.Ordinal) ? codeHash["sha256:".Length..] : codeHash;
        if (hash.Length != 64 || !hash.All(char.IsAsciiHexDigitLower)) return new HubFault("bad-request", $"'{codeHash}' is no hash of code: sha256: and 64 hexadecimal digits.");
        if (!Directory.Exists(options.Folders.CodeFilesOf(hash))) return new HubFault("not-found", $"The code {hash} is not here; mend: send it again.");
        if (!ImageName.IsRepository($"holdfast/jobs/{name}")) return new HubFault("bad-request", $"'{name}' cannot be a part of an image's name.");

        var below = await engine.PrepareAsync(baseImage, progress, cancellationToken);
        if (!below.Ok) return ImageFaults.Of(below.Fault);
        // The first one is what few images have.
        var labels = new Dictionary<string, string> { [CodeLabel] = hash, [BaseLabel] = below.Value.Reference!, [PackageLabel] = _package.Value.Hash };
        var tag = Hash(string.Join('\n', labels.Values))[..12];
        var repository = $"{Repositories}/{name}";

        var found = await FindAsync(engine, store, labels, $"{repository}:{tag}", cancellationToken);
        if (found is not { Ok: true, Value: null }) return found!;
        await _build.WaitAsync(cancellationToken);
        try
        {
            // Another one may have made it meanwhile.
            found = await FindAsync(engine, store, labels, $"{repository}:{tag}", cancellationToken);
            if (found is not { Ok: true, Value: null }) return found!;
            // Where a hub puts it, too: what imports it runs without one.
            var variables = RecipeText.Environment(new Dictionary<string, string> { ["PYTHONPATH"] = Surroundings.PythonPathOf(below.Value, ProgramPlace) });
            var text = $"""
                FROM {below.Value.Reference}
                COPY beside/ {ProgramPlace}/
                {variables}WORKDIR /code
                COPY context/ /code/
                LABEL {string.Join(' ', labels.Select(label => $"{label.Key}=\"{label.Value}\""))}

                """;
            var built = await builder.BuildAsync(new ImageBuild(options.Folders.CodeFilesOf(hash), repository) { Containerfile = text, Beside = _package.Value.Files, Tag = tag }, progress, cancellationToken);
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
        if (Builder is not var (engine, store, builder)) return ImageFaults.NoEngine;
        var (repository, tag) = ($"{HomeRepositories}/{wish.Machine}", Hash($"{wish.BaseImage}\n{wish.Home}\n{wish.Mark}")[..12]);
        var folder = Path.Combine(options.Folders.Root, "checks", $"home-{Guid.NewGuid():N}");
        await _build.WaitAsync(cancellationToken);
        try
        {
            if (await store.FindImageAsync($"{repository}:{tag}", cancellationToken) is { Ok: true, Value.Reference: { } known }) return known;
            var below = await engine.PrepareAsync(wish.BaseImage, progress, cancellationToken);
            if (!below.Ok) return ImageFaults.Of(below.Fault);
            if (await put(HubFolders.Make(folder)) is { } problem) return new HubFault("conflict", problem);
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

    /// <summary>The engine that has images; null for none.</summary>
    private (IEngine Engine, IImageStore Store, IImageBuilder Builder)? Builder =>
        options.Engines.Values.FirstOrDefault(each => each is IImageStore) is { } engine && engine is IImageStore store && engine is IImageBuilder builder ? (engine, store, builder) : null;

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
