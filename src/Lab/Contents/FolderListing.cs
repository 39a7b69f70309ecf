using System.Text.Json;
using Holdfast.Lab.Posix;

namespace Holdfast.Lab.Contents;

/// <summary>What a folder shows: files, folders and links to them; not what is hidden, and not the by-products of Python and editors.</summary>
internal static class FolderListing
{
    public static IEnumerable<Entry> Of(ContentsPath folder, LabOptions options)
    {
        foreach (var full in Directory.EnumerateFileSystemEntries(folder.Full))
        {
            var name = Path.GetFileName(full);
            if (IsByProduct(name) || !options.AllowHidden && name.StartsWith('.'))
                continue;
            // A socket, something that vanished or whose name is not UTF-8: not shown.
            if (Entry.Named(folder.Child(name)) is { Status: { IsFile: true } or { IsFolder: true } or { IsLink: true } } entry &&
                (options.AllowHidden || !entry.Status.IsFolder || !entry.Path.IsHidden()) &&
                (options.FollowLinks || FileStatus.OfLink(full) is { IsLink: false }))
                yield return entry;
        }
    }

    public static async Task WriteAsync(Utf8JsonWriter json, Entry folder, LabOptions options, Func<Task> flush)
    {
        json.WriteStartObject();
        folder.WriteMembers(json, format: "json");
        json.WriteStartArray("content"u8);
        foreach (var entry in Of(folder.Path, options))
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
