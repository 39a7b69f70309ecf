using System.Text.Json;

namespace Holdfast.Lab.Pages;

/// <summary>What the built JupyterLab consists of (<c>build.json</c> of web/lab).</summary>
/// <param name="Scripts">Scripts of the page, below <c>static/</c>.</param>
/// <param name="Styles">Style sheets of the page, below <c>static/</c>.</param>
/// <param name="IdleIcon">The favicon, below <c>static/</c>.</param>
/// <param name="BusyIcon">The favicon while a kernel is busy.</param>
/// <param name="LabVersion">JupyterLab's version.</param>
internal sealed record LabAssets(IReadOnlyList<string> Scripts, IReadOnlyList<string> Styles, string? IdleIcon, string? BusyIcon, string LabVersion)
{
    /// <summary>Reads the folder's build.json; null when the page has not been built.</summary>
    public static LabAssets? Read(string folder)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Join(folder, "build.json")));
            var root = document.RootElement;
            var icons = root.TryGetProperty("icons", out var found) ? found : default;
            return new LabAssets(Strings("scripts"), Strings("styles"), Icon("idle"), Icon("busy"), root.GetProperty("labVersion").GetString()!);

            string[] Strings(string name) => root.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : [];
            string? Icon(string name) => icons.ValueKind == JsonValueKind.Object && icons.TryGetProperty(name, out var icon) ? icon.GetString() : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException)
        {
            return null;
        }
    }
}
