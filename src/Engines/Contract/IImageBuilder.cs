namespace Holdfast.Engines.Contract;

/// <summary>An engine that makes images, too.</summary>
public interface IImageBuilder
{
    /// <summary>
    /// Builds an image. Steps that were done before with the same input are not done again. The same input gives the same image, as far as its commands do: all times in it are
    /// the beginning of 1980, and commands are told so (<c>SOURCE_DATE_EPOCH</c>). Fault <c>build-failed</c> with the step that failed and why.
    /// </summary>
    /// <param name="build">What to build.</param>
    /// <param name="progress">Gets each line that the build says; may be null.</param>
    /// <param name="cancellationToken">Gives up, and ends the command that runs; finished steps stay.</param>
    Task<EngineResult<BuiltImage>> BuildAsync(ImageBuild build, IProgress<string>? progress, CancellationToken cancellationToken);
}

/// <summary>What an image is built from.</summary>
/// <param name="Context">A folder of this host with the <c>Containerfile</c> (or <c>Dockerfile</c>) and what that copies.</param>
/// <param name="Repository">The image's name without a tag; the tag is a number, one higher than the last, or the last again when the image is the same.</param>
public sealed record ImageBuild(string Context, string Repository)
{
    /// <summary>The tag, in place of a number.</summary>
    public string? Tag { get; init; }
    /// <summary>An archive (tar) of such a folder, in place of it: a stream that can seek.</summary>
    public Stream? Archive { get; init; }
    /// <summary>The text of the Containerfile, in place of the folder's; what is in the folder is then in <c>context/</c>, and its ignore file ignores nothing.</summary>
    public string? Containerfile { get; init; }
    /// <summary>Files of this host that are in <c>beside/</c>, by their paths there; only with a text of the Containerfile.</summary>
    public IReadOnlyDictionary<string, string> Beside { get; init; } = new Dictionary<string, string>();
    /// <summary>Whether every step is done again.</summary>
    public bool IsFresh { get; init; }
}

/// <summary>An image that was built.</summary>
/// <param name="Name">Repository and tag.</param>
/// <param name="Reference">What <see cref="WorkloadSpec.Image"/> takes.</param>
public sealed record BuiltImage(string Name, string Reference);
