namespace Holdfast.Engines.Contract;

/// <summary>An engine that makes images, too.</summary>
public interface IImageBuilder
{
    /// <summary>
    /// Builds an image. Steps that were done before with the same input are not done again. Fault <c>build-failed</c> with the step that failed and why.
    /// </summary>
    /// <param name="build">What to build.</param>
    /// <param name="progress">Gets each line that the build says; may be null.</param>
    /// <param name="cancellationToken">Gives up, and ends the command that runs; finished steps stay.</param>
    Task<EngineResult<BuiltImage>> BuildAsync(ImageBuild build, IProgress<string>? progress, CancellationToken cancellationToken);
}

/// <summary>What an image is built from.</summary>
/// <param name="Context">A folder of this host with the <c>Containerfile</c> and what that copies.</param>
/// <param name="Repository">The image's name without a tag; the tag is a number, one higher than the last, or the last again when the image is the same.</param>
public sealed record ImageBuild(string Context, string Repository);

/// <summary>An image that was built.</summary>
/// <param name="Name">Repository and tag.</param>
/// <param name="Reference">What <see cref="WorkloadSpec.Image"/> takes.</param>
public sealed record BuiltImage(string Name, string Reference);
