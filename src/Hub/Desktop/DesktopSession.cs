using System.Security;

namespace Holdfast.Hub.Desktop;

/// <summary>What runs in the desktop: the owner's own script, or the first window manager that is there.</summary>
internal static class DesktopSession
{
    private const string Own = ".holdfast/desktop.sh";
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Managers that have a menu, and what they are called to be all of a session.</summary>
    private static readonly string[] Others = ["openbox-session", "openbox", "icewm-session", "fluxbox"];

    /// <summary>What the menu offers where it is there; of those in a row the first.</summary>
    private static readonly (string Label, string[] Programs)[] Menu =
    [
        ("Terminal", ["xfce4-terminal", "lxterminal", "konsole", "gnome-terminal", "xterm -fa Monospace -fs 11 -bg '#14232b' -fg '#e2ecee'", "x-terminal-emulator"]),
        ("Web browser", ["firefox", "firefox-esr", "chromium --no-sandbox", "google-chrome", "x-www-browser"]),
        ("Files", ["pcmanfm", "thunar", "nautilus", "dolphin"]),
        ("Editor", ["code", "mousepad", "geany", "gedit", "kate", "gvim"]),
        ("Spyder", ["spyder", "spyder3"]),
        ("RStudio", ["rstudio"]),
        ("Clock", ["xclock -update 1"]),
    ];

    /// <summary>Program and arguments; null when there is nothing.</summary>
    /// <param name="folder">Where settings may be written.</param>
    public static IReadOnlyList<string>? Choose(string folder)
    {
        if (Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home && Path.Combine(home, Own) is var own && File.Exists(own)) return ["/bin/sh", own];
        if (Find("jwm") is not { } jwm) return Others.Select(Find).FirstOrDefault(found => found is not null) is { } other ? [other] : null;
        var settings = Path.Combine(folder, "jwm.xml");
        File.WriteAllText(settings, Pages.Style.Resource("jwm.xml").Replace("PROGRAMS", string.Concat(Menu.Select(entry => Entry("Program", entry))), StringComparison.Ordinal)
            .Replace("START", Entry("StartupCommand", Menu[0]), StringComparison.Ordinal));
        return [jwm, "-f", settings];
    }

    /// <summary>Where <c>PATH</c> has a program; null where not.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Where(folder => folder.StartsWith('/')).Select(folder => Path.Combine(folder, program)).FirstOrDefault(path => File.Exists(path) && (File.GetUnixFileMode(path) & Executable) != 0);

    private static string Entry(string element, (string Label, string[] Programs) entry) =>
        Array.Find(entry.Programs, program => Find(program.Split(' ')[0]) is not null) is { } program ? $"<{element} label=\"{entry.Label}\">{SecurityElement.Escape(program)}</{element}>" : "";
}
