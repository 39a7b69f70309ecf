using Holdfast.Lab.Posix;

namespace Holdfast.Lab.Contents;

/// <summary>A file or folder below the lab's root.</summary>
/// <param name="Root">The root folder, absolute.</param>
/// <param name="Api">The path as clients say it: relative, with <c>/</c>, no slash at either end; empty for the root.</param>
internal readonly record struct ContentsPath(string Root, string Api)
{
    private const int NotThere = 2; // ENOENT

    public string Full => Api.Length == 0 ? Root : Path.Join(Root, Api);
    public string Name => Api[(Api.LastIndexOf('/') + 1)..];
    public bool IsRoot => Api.Length == 0;
    public bool IsNotebook => Api.EndsWith(".ipynb", StringComparison.Ordinal);
    public ContentsPath Parent => this with { Api = Api.LastIndexOf('/') is var cut and > 0 ? Api[..cut] : "" };

    /// <summary>
    /// The path that a client names; null when it leads outside the root. Segments are compared, never prefixes of strings, so that
    /// <c>/root-evil</c> is not below <c>/root</c>; links are followed, as everywhere in Jupyter.
    /// </summary>
    public static ContentsPath? Parse(string root, string? api)
    {
        var segments = (api ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return segments.Any(segment => segment is "." or ".." || segment.Contains('\0', StringComparison.Ordinal))
            ? null
            : new ContentsPath(root, string.Join('/', segments));
    }

    /// <summary>
    /// As <see cref="Parse"/>, for what a client may have at all: a state folder below the root (with the token and the key of the cookies) is
    /// not there, even where hidden files are shown, and what is reached by a link is not where links are not followed.
    /// </summary>
    public static ContentsPath? Of(LabOptions options, string? api)
    {
        var state = Path.GetRelativePath(options.Root, options.StateFolder);
        return Parse(options.Root, api) is { } path && !$"{path.Api}/".StartsWith($"{state}/", StringComparison.Ordinal) && (options.FollowLinks || !path.HasLink())
            ? path
            : null;
    }

    /// <summary>Whether the entry or a folder above it, below the root, is a link.</summary>
    private bool HasLink()
    {
        for (var path = this; !path.IsRoot; path = path.Parent)
            if (FileStatus.OfLink(path.Full) is { IsLink: true })
                return true;
        return false;
    }

    public ContentsPath Child(string name) => this with { Api = IsRoot ? name : $"{Api}/{name}" };

    public FileStatus? Status() => FileStatus.Of(Full);

    /// <summary>As <see cref="Status"/>, and of a link that leads nowhere the link's: it has a name, and can be moved and removed.</summary>
    public FileStatus? NameStatus() => FileStatus.Of(Full, out var error) ?? (error == NotThere ? FileStatus.OfLink(Full) : null);

    /// <summary>Hidden as Jupyter has it: a name below the root that begins with a dot, or a folder that may not be listed.</summary>
    public bool IsHidden() =>
        Api.Split('/').Any(segment => segment.StartsWith('.')) ||
        Status() is { IsFolder: true } && Libc.Access(Full, Libc.ReadAndEnter) != 0;
}
