using System.Text.RegularExpressions;

namespace Holdfast.Hub.Images;

/// <summary>A name of an image as the OCI distribution specification has it: registry, repository, tag or digest.</summary>
/// <param name="Registry">Host and port; empty when none is named.</param>
/// <param name="Repository">The path.</param>
/// <param name="Tag">Null for none.</param>
/// <param name="Digest">Null for none.</param>
internal sealed partial record ImageName(string Registry, string Repository, string? Tag, string? Digest)
{
    /// <summary>The registry of images that were made here and are in none.</summary>
    public const string Here = "localhost";

    /// <summary>Registry and repository.</summary>
    public string Place => Registry.Length == 0 ? Repository : $"{Registry}/{Repository}";

    /// <summary>Whether there is a registry that can be asked.</summary>
    public bool IsOfARegistry => Registry.Length > 0 && Registry != Here;

    /// <summary>The name; null for what is none.</summary>
    public static ImageName? Parse(string text)
    {
        if (Name().Match(text) is not { Success: true } match) return null;
        var path = match.Groups["path"].Value;
        // As Docker: the first part is a registry when it looks like a host.
        var slash = path.IndexOf('/');
        var first = slash < 0 ? "" : path[..slash];
        var hasRegistry = first == Here || first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal);
        var (registry, repository) = hasRegistry ? (first, path[(slash + 1)..]) : ("", path);
        return IsRepository(repository) && (registry.Length == 0 || IsRegistry(registry)) ? new ImageName(registry, repository, Value("tag"), Value("digest")) : null;

        string? Value(string group) => match.Groups[group] is { Success: true } found ? found.Value : null;
    }

    /// <summary>Whether a text is a host, perhaps with a port.</summary>
    public static bool IsRegistry(string text) => Host().IsMatch(text);

    /// <summary>Whether a text is a path of a repository.</summary>
    public static bool IsRepository(string text) => Path().IsMatch(text);

    /// <inheritdoc />
    public override string ToString() => Place + (Tag is null ? "" : $":{Tag}") + (Digest is null ? "" : $"@{Digest}");

    [GeneratedRegex(@"^(?<path>[A-Za-z0-9][A-Za-z0-9._\-]*(:[0-9]+(?=/))?(/[a-z0-9][a-z0-9._\-]*)*)(:(?<tag>\w[\w.\-]{0,127}))?(@(?<digest>sha256:[0-9a-f]{64}))?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9.\-]*[A-Za-z0-9])?(:[0-9]{1,5})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Host();

    [GeneratedRegex(@"^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Path();
}
