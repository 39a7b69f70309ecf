using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Lab.Jupyter;

namespace Holdfast.Lab.Settings;

/// <summary>
/// Defaults that an administrator has set: <c>overrides.d/*.json[5]</c> and <c>overrides.json[5]</c> in the settings folders of our page and
/// of an installed JupyterLab, then <c>labconfig/default_setting_overrides.json</c> in Jupyter's configuration folders.
/// </summary>
internal sealed class SettingOverrides(LabOptions options, JupyterFolders folders)
{
    /// <summary>By schema id: the new defaults.</summary>
    public JsonObject Read()
    {
        var all = new JsonObject();
        foreach (var file in Files())
            try
            {
                if (Json5.Convert(File.ReadAllText(file)).Json is { } json && JsonNode.Parse(json.Span) is JsonObject some)
                    JsonMerge.Into(all, some);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
            {
                // Unreadable: the defaults stay as they are.
            }
        return all;
    }

    /// <summary>Puts the new defaults into a schema.</summary>
    public static void Apply(JsonObject schema, JsonObject defaults)
    {
        if (schema["properties"] is not JsonObject properties)
            schema["properties"] = properties = [];
        foreach (var (name, value) in defaults)
        {
            if (properties[name] is not JsonObject property)
                properties[name] = property = [];
            if (property["default"] is JsonObject known && value is JsonObject changes)
                JsonMerge.Into(known, changes);
            else
                property["default"] = value?.DeepClone();
        }
    }

    private IEnumerable<string> Files()
    {
        var roots = new[] { options.AssetsFolder, folders.Application is { } application ? Path.Join(application, "settings") : null }.OfType<string>();
        var named = roots.SelectMany(root => InFolder(Path.Join(root, "overrides.d")).Append(Path.Join(root, "overrides.json")).Append(Path.Join(root, "overrides.json5")));
        var layered = folders.Config.Reverse().Select(folder => Path.Join(folder, "labconfig/default_setting_overrides.json"));
        return named.Concat(layered).Where(File.Exists);
    }

    private static IEnumerable<string> InFolder(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json*").Order(StringComparer.Ordinal) : [];
}
