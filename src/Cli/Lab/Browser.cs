using System.Diagnostics;

namespace Holdfast.Cli.Lab;

/// <summary>Opens a link in the person's browser, where there is one.</summary>
internal static class Browser
{
    public static void Open(string link)
    {
        if (Console.IsOutputRedirected || (Surroundings.Variables.GetValueOrDefault("DISPLAY") ?? Surroundings.Variables.GetValueOrDefault("WAYLAND_DISPLAY")) is not { Length: > 0 }) return;
        try
        {
            using var opener = Process.Start(new ProcessStartInfo("xdg-open", [link]) { RedirectStandardError = true, RedirectStandardOutput = true });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No xdg-open: the link is on the screen.
        }
    }
}
