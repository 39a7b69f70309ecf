using System.Text.Json;
using Holdfast.Lab.Jupyter;

namespace Holdfast.Lab.Pages;

/// <summary>A prebuilt JupyterLab extension.</summary>
/// <param name="Name">Its package's name.</param>
/// <param name="Folder">Its folder.</param>
/// <param name="Build">The <c>jupyterlab._build</c> of its package.json: what the page loads.</param>
/// <param name="Disables">Names of extensions and plugins that it takes the place of.</param>
internal sealed record LabExtension(string Name, string Folder, JsonElement Build, IReadOnlyList<string> Disables);

/// <summary>Finds prebuilt extensions: <c>labextensions/</c> on Jupyter's data path, then the ones that come with us. The first of a name wins.</summary>
internal sealed class LabExtensions(LabOptions options, JupyterFolders folders)
{
    /// <summary>The folders that hold extensions, in order.</summary>
    public IEnumerable<string> Roots => folders.Data.Append(options.AssetsFolder).Select(folder => Path.Join(folder, "labextensions"));

    /// <summary>Read anew each time: an extension that is installed while the lab runs is there at the next reload.</summary>
    public IReadOnlyList<LabExtension> Find()
    {
        var found = new Dictionary<string, LabExtension>();
        foreach (var package in Roots.SelectMany(PackagesIn))
            if (Read(package) is { } extension)
                found.TryAdd(extension.Name, extension);
        return [.. found.Values];
    }

    private static IEnumerable<string> PackagesIn(string root)
    {
        if (!Directory.Exists(root))
            return [];
        return Directory.EnumerateDirectories(root)
            .SelectMany(folder => Path.GetFileName(folder).StartsWith('@') ? Directory.EnumerateDirectories(folder) : [folder]);
    }

    private static LabExtension? Read(string folder)
    {
        try
        {
            using var package = JsonDocument.Parse(File.ReadAllBytes(Path.Join(folder, "package.json")));
            var root = package.RootElement;
            if (!root.TryGetProperty("jupyterlab", out var lab) || !lab.TryGetProperty("_build", out var build) || !build.TryGetProperty("load", out _))
                return null;
            var disables = lab.TryGetProperty("disabledExtensions", out var list) && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Select(item => item.GetString()!).ToArray()
                : [];
            return new LabExtension(root.GetProperty("name").GetString()!, folder, build.Clone(), disables);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
