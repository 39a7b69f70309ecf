using System.Collections.Concurrent;
using System.Text.Json;

namespace Holdfast.Cli.Notebooks;

/// <summary>
/// The folder that a site is written into, and the list in it of what was written there and from what. A file that is not in the list is somebody's own: it is neither replaced
/// nor removed.
/// </summary>
internal sealed class SiteFolder
{
    /// <summary>The list's file.</summary>
    public const string ListName = ".holdfast-site.json";

    private readonly string _folder;
    private readonly Dictionary<string, string> _before;
    private readonly ConcurrentDictionary<string, string> _now = new(StringComparer.Ordinal);

    private SiteFolder(string folder, Dictionary<string, string> before) => (_folder, _before) = (folder, before);

    /// <summary>Looks at what an earlier run has written; with a sentence when its list cannot be read.</summary>
    public static (SiteFolder? Folder, string? Error) Open(string folder)
    {
        var before = new Dictionary<string, string>(StringComparer.Ordinal);
        var path = Path.Join(folder, ListName);
        try
        {
            if (!File.Exists(path)) return (new SiteFolder(folder, before), null);
            using var list = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var file in list.RootElement.GetProperty("files").EnumerateObject()) before[file.Name] = file.Value.GetString() ?? "";
            return (new SiteFolder(folder, before), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return (null, $"{path}, the list of what 'nb site' wrote, cannot be read: {e.Message.TrimEnd('.')}. Name another folder with -o, or remove this one.");
        }
    }

    /// <summary>Writes a file of the site, whole, where it is not what it should be already.</summary>
    /// <param name="url">From the folder.</param>
    /// <param name="from">What it is made from; empty for what belongs to the site as a whole.</param>
    /// <param name="content">All of it.</param>
    public ExportOutcome Write(string url, string from, byte[] content)
    {
        var path = Path.Join(_folder, url);
        var isOurs = _before.ContainsKey(url);
        if (isOurs) _now[url] = from;
        else if (File.Exists(path) && !IsSame(path, content)) return new ExportOutcome(from, "failed", $"{path} is there and was not written by 'nb site': it stays as it is. Move it away, or name another folder with -o.");
        var outcome = ExportFiles.Write(from.Length > 0 ? from : url, path, content);
        if (outcome.State != "failed") _now[url] = from;
        return outcome;
    }

    /// <summary>Removes what earlier runs wrote and this one has no more, and writes the list. Gives what was removed.</summary>
    /// <param name="isWhole">False where some source could not be read: nothing is removed then.</param>
    public IReadOnlyList<string> Finish(bool isWhole)
    {
        foreach (var (url, source) in isWhole ? [] : _before) _now.TryAdd(url, source);
        var removed = _before.Keys.Where(url => !_now.ContainsKey(url) && IsInside(url)).Order(StringComparer.Ordinal).ToList();
        foreach (var url in removed)
        {
            var path = Path.Join(_folder, url);
            if (!File.Exists(path)) continue;
            File.Delete(path);
            for (var folder = Path.GetDirectoryName(path)!; folder.Length > _folder.Length && !Directory.EnumerateFileSystemEntries(folder).Any(); folder = Path.GetDirectoryName(folder)!) Directory.Delete(folder);
        }

        using var list = new MemoryStream();
        using (var json = new Utf8JsonWriter(list, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartObject("files");
            foreach (var (url, from) in _now.OrderBy(file => file.Key, StringComparer.Ordinal)) json.WriteString(url, from);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        var outcome = ExportFiles.Write("", Path.Join(_folder, ListName), list.ToArray());
        return outcome.State == "failed" ? throw new IOException(outcome.Text) : removed;
    }

    /// <summary>The list may have been edited; what is outside is not the site's.</summary>
    private bool IsInside(string url) => Path.GetFullPath(Path.Join(_folder, url)).StartsWith(Path.GetFullPath(_folder).TrimEnd('/') + "/", StringComparison.Ordinal);

    private static bool IsSame(string path, byte[] content)
    {
        try
        {
            return File.ReadAllBytes(path).AsSpan().SequenceEqual(content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
