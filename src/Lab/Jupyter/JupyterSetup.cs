using System.Text.Json;

namespace Holdfast.Lab.Jupyter;

/// <summary>A setting of an existing Jupyter set-up.</summary>
/// <param name="Key">As Jupyter names it: <c>ServerApp.port</c>.</param>
/// <param name="Value">A text as it is, anything else as JSON.</param>
/// <param name="File">Where it stands.</param>
public sealed record JupyterSetting(string Key, string Value, string File);

/// <summary>
/// What stands in <c>jupyter_server_config.json</c>, <c>jupyter_lab_config.json</c> and the <c>.d</c> folders beside them, in Jupyter's folders.
/// Files in Python are programs and are not read.
/// </summary>
public static class JupyterSetup
{
    private static readonly string[] Names = ["jupyter_server_config", "jupyter_lab_config"];

    /// <summary>The settings, each key once: the user's own before the environment's and the system's, JupyterLab's before the server's.</summary>
    /// <param name="environment">The variables by which Jupyter's folders are found.</param>
    /// <param name="problems">Files that cannot be read, each with why.</param>
    public static IReadOnlyList<JupyterSetting> Read(IReadOnlyDictionary<string, string> environment, out IReadOnlyList<string> problems)
    {
        var settings = new Dictionary<string, JupyterSetting>();
        var unreadable = new List<string>();
        foreach (var folder in JupyterFolders.Of(environment).Config)
            foreach (var name in Names.Reverse())
            {
                Take(Path.Join(folder, name + ".json"), settings, unreadable);
                var more = Path.Join(folder, name + ".d");
                if (Directory.Exists(more))
                    foreach (var file in Directory.EnumerateFiles(more, "*.json").OrderDescending(StringComparer.Ordinal))
                        Take(file, settings, unreadable);
            }
        problems = unreadable;
        return [.. settings.Values];
    }

    private static void Take(string file, Dictionary<string, JupyterSetting> settings, List<string> unreadable)
    {
        if (!File.Exists(file))
            return;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var section in document.RootElement.EnumerateObject().Where(section => section.Value.ValueKind == JsonValueKind.Object))
                foreach (var setting in section.Value.EnumerateObject())
                {
                    var key = $"{section.Name}.{setting.Name}";
                    settings.TryAdd(key, new JupyterSetting(key, setting.Value.ValueKind == JsonValueKind.String ? setting.Value.GetString()! : setting.Value.GetRawText(), file));
                }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            unreadable.Add($"{file} is not read: {fault.Message}");
        }
    }
}
