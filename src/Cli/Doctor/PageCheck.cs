using System.Text.Json;

namespace Holdfast.Cli.Doctor;

/// <summary>Whether the built JupyterLab page is there, and all that it begins with.</summary>
internal static class PageCheck
{
    private const string Mend = "./run --build-only in Holdfast's source folder builds it";

    public static Finding Run(string folder)
    {
        var list = Path.Combine(folder, "build.json");
        try
        {
            using var build = JsonDocument.Parse(File.ReadAllBytes(list));
            var wanted = build.RootElement.GetProperty("scripts").EnumerateArray().Select(script => Path.Combine(folder, "static", script.GetString()!))
                .Concat(["schemas", "themes"]).Select(path => Path.Combine(folder, path));
            return wanted.FirstOrDefault(path => !Path.Exists(path)) is { } missing
                ? new Finding(Grade.Bad, "page", $"{missing} is missing from the JupyterLab page.", Mend)
                : new Finding(Grade.Good, "page", $"JupyterLab {build.RootElement.GetProperty("labVersion").GetString()} in {folder}");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new Finding(Grade.Bad, "page", $"the JupyterLab page is missing from {folder}.", Mend);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return new Finding(Grade.Bad, "page", $"{list} cannot be read: {e.Message}", Mend);
        }
    }
}
