using System.Text.Json;
using Holdfast.Lab.Jupyter;

namespace Holdfast.Lab.Pages;

/// <summary>
/// What users and administrators have set for the page: <c>page_config.json</c> in <c>labconfig/</c> of Jupyter's configuration folders, the
/// user's own over the system's, and what extensions disable.
/// </summary>
internal sealed class PageConfig(JupyterFolders folders)
{
    /// <summary>Extensions that need routes of another server, or that ask the internet.</summary>
    private static readonly string[] NeverHere =
    [
        "@jupyterlab/extensionmanager-extension", "@jupyterlab/pluginmanager-extension", "@jupyterlab/hub-extension",
        "@jupyterlab/apputils-extension:announcements",
    ];

    public void Write(Utf8JsonWriter json, IReadOnlyList<LabExtension> extensions)
    {
        var disabled = new Dictionary<string, bool>();
        var deferred = new Dictionary<string, bool>();
        foreach (var folder in folders.Config.Reverse())
            Read(Path.Join(folder, "labconfig/page_config.json"), disabled, deferred);
        foreach (var name in extensions.Where(extension => !disabled.GetValueOrDefault(extension.Name)).SelectMany(extension => extension.Disables).Concat(NeverHere))
            disabled.TryAdd(name, true);

        json.WriteStartArray("federated_extensions"u8);
        foreach (var extension in extensions)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, extension.Name);
            foreach (var member in extension.Build.EnumerateObject())
                member.WriteTo(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        WriteNames(json, "disabledExtensions", disabled);
        WriteNames(json, "deferredExtensions", deferred);
    }

    private static void Read(string file, Dictionary<string, bool> disabled, Dictionary<string, bool> deferred)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            Take(document.RootElement, "disabledExtensions", disabled);
            Take(document.RootElement, "deferredExtensions", deferred);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            // Missing or broken: the page starts without it, as JupyterLab's does.
        }
    }

    /// <summary>Both forms exist: a list of names, and names with true or false.</summary>
    private static void Take(JsonElement root, string name, Dictionary<string, bool> into)
    {
        if (!root.TryGetProperty(name, out var value))
            return;
        if (value.ValueKind == JsonValueKind.Array)
            foreach (var item in value.EnumerateArray())
                into[item.GetString()!] = true;
        else
            foreach (var item in value.EnumerateObject())
                into[item.Name] = item.Value.ValueKind == JsonValueKind.True;
    }

    private static void WriteNames(Utf8JsonWriter json, string name, Dictionary<string, bool> names)
    {
        json.WriteStartArray(name);
        foreach (var (item, on) in names)
            if (on)
                json.WriteStringValue(item);
        json.WriteEndArray();
    }
}
