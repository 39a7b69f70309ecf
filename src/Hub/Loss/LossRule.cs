using System.IO.Enumeration;

namespace Holdfast.Hub.Loss;

/// <summary>
/// A path that a loss list leaves out, with all below it. <c>*</c> stands for anything within a name; a pattern without <c>/</c> is a name anywhere.
/// </summary>
/// <param name="Pattern">The path or name.</param>
/// <param name="Reason">Why losing it is no loss.</param>
internal sealed record LossRule(string Pattern, string Reason)
{
    private const string Temporary = "temporary by its very purpose", Cache = "a cache: it is made again", Log = "a log of the system's, not of what runs in the lab",
        Apt = "apt's and dpkg's own books: the packages themselves are listed", Generated = "made by packages as they are installed, from what is listed", Engine = "made by the engine or the start";

    /// <summary>All rules, as docs/loss-list.md has them.</summary>
    public static IReadOnlyList<LossRule> All { get; } =
    [
        new("/tmp", Temporary), new("/run", Temporary), new("/dev", Temporary), new("/proc", Temporary), new("/sys", Temporary), new("*.pid", Temporary),
        new("/var/cache", Cache), new(".cache", Cache), new("__pycache__", Cache), new("*.pyc", Cache), new("/root/.npm", Cache),
        new("/var/log", Log),
        new("/var/lib/apt", Apt), new("/var/lib/dpkg", Apt), new("/var/lib/ucf", Apt), new("/etc/*.dpkg-*", Apt), new("/etc/*.ucf-*", Apt),
        new("/etc/ld.so.cache", Generated), new("/etc/alternatives", Generated), new("/etc/rc*.d", Generated), new("/etc/systemd/system/*.wants", Generated), new("/etc/shells", Generated),
        new("/etc/pam.d/common-*", Generated), new("/etc/ssl/certs", Generated), new("/etc/ca-certificates.conf", Generated), new("/etc/.pwd.lock", Generated),
        new("/etc/passwd*", Generated), new("/etc/shadow*", Generated), new("/etc/group*", Generated), new("/etc/gshadow*", Generated), new("/etc/subuid*", Generated), new("/etc/subgid*", Generated),
        new("/var/lib/systemd", Generated), new("/var/lib/pam", Generated), new("/var/lib/python", Generated), new("/var/lib/polkit-1", Generated), new("/var/lib/dbus", Generated),
        new("/var/lib/misc", Generated), new("/var/lib/dictionaries-common", Generated), new("/var/lib/xml-core", Generated), new("/var/lib/ghostscript", Generated), new("/var/lib/emacsen-common", Generated),
        new("/usr/share/mime", Generated), new("/usr/share/info/dir*", Generated), new("/usr/share/applications/mimeinfo.cache", Generated), new("icon-theme.cache", Generated),
        new("gschemas.compiled", Generated), new("loaders.cache", Generated), new("giomodule.cache", Generated), new("immodules.cache", Generated), new("gconv-modules.cache", Generated),
        new("fonts.dir", Generated), new("fonts.scale", Generated), new(".uuid", Generated), new("/usr/lib/*/perl/cross-config*", Generated),
        new("/etc/hosts", Engine), new("/etc/hostname", Engine), new("/etc/resolv.conf", Engine), new("/etc/mtab", Engine), new("/etc/machine-id", Engine),
    ];

    private readonly string[] _names = Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Whether a rule leaves a path out.</summary>
    public static bool LeavesOut(string path)
    {
        var names = NamesOf(path);
        return All.Any(rule => rule.Covers(names));
    }

    /// <summary>Whether something below a folder may be left out by its path.</summary>
    public static bool MayBeBelow(string folder)
    {
        var names = NamesOf(folder);
        return All.Any(rule => rule.Pattern.StartsWith('/') && names.Length < rule._names.Length && !names.Where((name, at) => !Is(name, rule._names[at])).Any());
    }

    private bool Covers(string[] names) => Pattern.StartsWith('/')
        ? names.Length >= _names.Length && !_names.Where((pattern, at) => !Is(names[at], pattern)).Any()
        : names.Any(name => Is(name, Pattern));

    private static string[] NamesOf(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    private static bool Is(string name, string pattern) =>
        pattern.Contains('*', StringComparison.Ordinal) ? FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false) : name == pattern;
}
