using System.Text.Json;

namespace Holdfast.Lab.Contents;

/// <summary>What a folder shows: files, folders and links to them; not what is hidden, and not the by-products of Python and editors.</summary>
internal static class FolderListing
{
    public static IEnumerable<Entry> Of(ContentsPath folder, bool showHidden)
    {
        foreach (var full in Directory.EnumerateFileSystemEntries(folder.Full))
        {
            var name = Path.GetFileName(full);
            if (IsByProduct(name) || !showHidden && name.StartsWith('.'))
                continue;
            // A broken link, a socket, something that vanished or whose name is not UTF-8: not shown.
            if (Entry.At(folder.Child(name)) is { Status: { IsFile: true } or { IsFolder: true } } entry &&
                (showHidden || !entry.Status.IsFolder || !entry.Path.IsHidden()))
                yield return entry;
        }
    }

    public static async Task WriteAsync(Utf8JsonWriter json, Entry folder, bool showHidden, Func<Task> flush)
    {
        json.WriteStartObject();
        folder.WriteMembers(json, format: "json");
        json.WriteStartArray("content"u8);
        foreach (var entry in Of(folder.Path, showHidden))
        {
            entry.Write(json);
            if (json.BytesPending > 1 << 14)
                await flush();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static bool IsByProduct(string name) =>
        name is "__pycache__" or ".DS_Store" || name.EndsWith(".pyc", StringComparison.Ordinal) ||
        name.EndsWith(".pyo", StringComparison.Ordinal) || name.EndsWith('~');
}
