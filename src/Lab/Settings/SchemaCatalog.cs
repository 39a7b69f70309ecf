using System.Text.Json;
using Holdfast.Lab.Jupyter;
using Holdfast.Lab.Pages;

namespace Holdfast.Lab.Settings;

/// <summary>A plugin's settings schema.</summary>
/// <param name="Id"><c>PACKAGE:PLUGIN</c>.</param>
/// <param name="File">The JSON file.</param>
internal sealed record SchemaFile(string Id, string File)
{
    /// <summary>The package's version, from what the build left beside the schema; <c>N/A</c> when that is missing.</summary>
    public string Version()
    {
        try
        {
            using var package = JsonDocument.Parse(System.IO.File.ReadAllBytes(Path.Join(Path.GetDirectoryName(File), "package.json.orig")));
            return package.RootElement.GetProperty("version").GetString() ?? "N/A";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "N/A";
        }
    }
}

/// <summary>The schemas of our page, of an installed JupyterLab's application folder, and of prebuilt extensions, which win.</summary>
internal sealed class SchemaCatalog(LabOptions options, JupyterFolders folders, LabExtensions extensions)
{
    public IReadOnlyDictionary<string, SchemaFile> Find()
    {
        var found = new Dictionary<string, SchemaFile>();
        foreach (var extension in extensions.Find())
            Add(Path.Join(extension.Folder, "schemas"));
        Add(Path.Join(options.AssetsFolder, "schemas"));
        if (folders.Application is { } application)
            Add(Path.Join(application, "schemas"));
        return found;

        void Add(string root)
        {
            if (!Directory.Exists(root))
                return;
            foreach (var file in Directory.EnumerateFiles(root, "*.json", SearchOption.AllDirectories))
            {
                var id = $"{Path.GetRelativePath(root, Path.GetDirectoryName(file)!)}:{Path.GetFileNameWithoutExtension(file)}";
                found.TryAdd(id, new SchemaFile(id, file));
            }
        }
    }
}
