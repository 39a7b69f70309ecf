namespace Holdfast.Hub.Output;

/// <summary>What a file is, by its name: content of others is never looked at to find out.</summary>
internal static class ArtifactKind
{
    public const string Notebook = "notebook", Image = "image", Page = "page", Text = "text", File = "file";

    private static readonly Dictionary<string, string> Images = new(StringComparer.OrdinalIgnoreCase)
    {
        [".png"] = "image/png",
        [".jpg"] = "image/jpeg",
        [".jpeg"] = "image/jpeg",
        [".gif"] = "image/gif",
        [".webp"] = "image/webp",
        [".avif"] = "image/avif",
        [".bmp"] = "image/bmp",
        [".svg"] = "image/svg+xml",
    };

    private static readonly HashSet<string> Texts = new(StringComparer.OrdinalIgnoreCase)
    {
        ".txt", ".log", ".out", ".err", ".md", ".rst", ".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".xml", ".py", ".r", ".jl", ".sh", ".js", ".css", ".sql", ".tex",
    };

    public static string Of(string path) => Path.GetExtension(path) switch
    {
        ".ipynb" => Notebook,
        ".html" or ".htm" => Page,
        var extension when Images.ContainsKey(extension) => Image,
        var extension when Texts.Contains(extension) => Text,
        _ => File,
    };

    /// <summary>The type under which it is shown; null for what is not.</summary>
    public static string? TypeOf(string path) => Of(path) switch
    {
        Notebook or Page => "text/html; charset=utf-8",
        Image => Images[Path.GetExtension(path)],
        Text => "text/plain; charset=utf-8",
        _ => null,
    };
}
