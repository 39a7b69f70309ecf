namespace Holdfast.Cli.Notebooks;

/// <summary>The picture files that a notebook's Markdown names, as data URLs. Only what lies in its folder or below: a notebook of somebody else must not get at other files.</summary>
internal static class LocalPictures
{
    /// <summary>Larger ones are left out; a page of hundreds of megabytes is no use to a browser.</summary>
    private const long MostBytes = 10 << 20;

    private static readonly Dictionary<string, string> Mimes = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".webp"] = "image/webp",
        [".svg"] = "image/svg+xml",
        [".bmp"] = "image/bmp",
        [".avif"] = "image/avif",
    };

    /// <summary>The file of a relative address; null when there is none that may be shown.</summary>
    public static string? Find(string folder, string url)
    {
        var path = Uri.UnescapeDataString(url.Split('?', '#')[0]);
        if (path.Length == 0 || path.Contains('\0') || !Mimes.ContainsKey(Path.GetExtension(path))) return null;
        var root = Path.GetFullPath(folder.Length == 0 ? "." : folder);
        var file = new FileInfo(Path.GetFullPath(path, root));
        if (!file.Exists || !IsBelow(root, file.FullName)) return null;
        for (var part = file.FullName; part.Length > root.Length; part = Path.GetDirectoryName(part)!)
        {
            if (new FileInfo(part).LinkTarget is not null) return null;
        }

        return file.FullName;
    }

    /// <summary>Its data URL; null when there is none, or it is too large or cannot be read.</summary>
    public static string? DataUrl(string folder, string url)
    {
        if (Find(folder, url) is not { } path || new FileInfo(path).Length > MostBytes) return null;
        try
        {
            return $"data:{Mimes[Path.GetExtension(path)]};base64,{Convert.ToBase64String(File.ReadAllBytes(path))}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsBelow(string root, string path) => path.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal);
}
