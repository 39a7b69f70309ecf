using System.Buffers;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Slurm.Containers;

/// <summary>Where an image is.</summary>
/// <param name="Registry">Host and perhaps port; null for Docker Hub.</param>
/// <param name="Repository">In it.</param>
/// <param name="Tag">Null for none.</param>
internal sealed record ImagePlace(string? Registry, string Repository, string? Tag)
{
    private static readonly SearchValues<char> Separators = SearchValues.Create(":, \t\n\\");

    /// <summary>What an image's name says; a digest behind it is not part of this.</summary>
    public static ImagePlace Of(string image)
    {
        var name = image.Split('@')[0];
        var colon = name.LastIndexOf(':');
        var (place, tag) = colon > name.LastIndexOf('/') ? (name[..colon], name[(colon + 1)..]) : (name, null);
        var slash = place.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : place[..slash];
        if (first is "docker.io" or "index.docker.io") return new ImagePlace(null, place[(slash + 1)..], tag);
        return first == "localhost" || first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) ? new ImagePlace(first, place[(slash + 1)..], tag) : new ImagePlace(null, place, tag);
    }

    /// <summary>Its whole name with the digest in the place of a tag: what has both is refused by many.</summary>
    public string ByDigest(string? digest) => $"{Registry ?? "docker.io"}/{Whole}{(digest is not null ? $"@{digest}" : Tag is null ? "" : $":{Tag}")}";

    /// <summary>The repository with what Docker Hub leaves out.</summary>
    public string Whole => Registry is null && !Repository.Contains('/', StringComparison.Ordinal) ? $"library/{Repository}" : Repository;

    /// <summary>Why a program that has no images of its own cannot run this one; null when it can.</summary>
    public static EngineFault? Problem(WorkloadSpec spec, string program) => Of(spec.Image!).Registry == "localhost"
        ? new EngineFault("image-missing", $"{spec.Image} is in no registry, and {program} fetches images from one; mend: holdfast image push, and its name there.")
        : null;

    /// <summary>Why the folders cannot be said to it; null when they can.</summary>
    public static EngineFault? Unmountable(WorkloadSpec spec, string program) =>
        spec.Mounts.Select(mount => mount.Source).Append(spec.Scratch).FirstOrDefault(path => path.AsSpan().ContainsAny(Separators)) is { } bad
            ? new EngineFault("bad-spec", $"{bad} has a space, comma, colon or backslash in it, which {program} takes for something else; mend: another place for the hub's data or program.")
            : null;
}
