namespace Holdfast.Hub.Stores;

/// <summary>A place in a store: <c>s3://NAME/PREFIX</c>. What lies there has its copy in a folder of the team's storage, which jobs write to.</summary>
/// <param name="Store">The store's name.</param>
/// <param name="Prefix">What all keys there begin with, and a slash after it; parts with slashes between them.</param>
internal sealed record StorePlace(string Store, string Prefix)
{
    private const string Scheme = "s3://", Folders = "/storage/s3";
    private const int LongestPart = 200;

    /// <summary>Whether a text is meant as one.</summary>
    public static bool IsMeant(string text) => text.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>The place that a text names; null when it is none.</summary>
    public static StorePlace? Of(string text)
    {
        if (!IsMeant(text) || text[Scheme.Length..].TrimEnd('/').Split('/', 2) is not [{ Length: > 0 } store, var prefix]) return null;
        return IsPath(prefix) ? new StorePlace(store, prefix) : null;
    }

    /// <summary>The copy's folder, as jobs and machines see it.</summary>
    public string Folder => $"{Folders}/{Store}/{Prefix}";

    /// <summary>The key of a file of it.</summary>
    public string KeyOf(string path) => $"{Prefix}/{path}";

    /// <summary>Whether this is a path of a file in a folder, which leads nowhere else.</summary>
    public static bool IsPath(string path) => path.Split('/').All(part => part is not ("" or "." or "..") && part.Length <= LongestPart && !part.Any(char.IsControl));

    /// <inheritdoc />
    public override string ToString() => $"{Scheme}{Store}/{Prefix}";
}
