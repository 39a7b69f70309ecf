namespace Holdfast.Cli.Notebooks;

/// <summary>The files that a notebook's text names. Only what lies in its folder or below, and is no link: a notebook of somebody else must not get at other files.</summary>
internal static class LocalFiles
{
    /// <summary>Larger pictures stay files; a page of hundreds of megabytes is no use to a browser.</summary>
    private const long MostBytes = 10 << 20;

    private static readonly Dictionary<string, string> Pictures = new(StringComparer.OrdinalIgnoreCase)
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

    /// <summary>The file of a path from a folder; null when there is none that may be shown. What is hidden (<c>.env</c>) may not.</summary>
    public static string? Find(string folder, string path)
    {
        if (path.Length == 0 || path.Contains('\0')) return null;
        var root = Path.GetFullPath(folder.Length == 0 ? "." : folder).TrimEnd('/') + "/";
        var file = Path.GetFullPath(path, root);
        if (!file.StartsWith(root, StringComparison.Ordinal) || !File.Exists(file)) return null;
        for (var part = file; part.Length > root.Length; part = Path.GetDirectoryName(part)!)
        {
            if (Path.GetFileName(part)[0] == '.' || new FileInfo(part).LinkTarget is not null) return null;
        }

        return file;
    }

    /// <summary>The data URL of a picture by its relative address; null when there is none, or it is too large or cannot be read.</summary>
    public static string? DataUrl(string folder, string url)
    {
        var path = Uri.UnescapeDataString(url.Split('?', '#')[0]);
        if (!Pictures.TryGetValue(Path.GetExtension(path), out var mime) || Find(folder, path) is not { } file || new FileInfo(file).Length > MostBytes) return null;
        try
        {
            return $"data:{mime};base64,{Convert.ToBase64String(File.ReadAllBytes(file))}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
