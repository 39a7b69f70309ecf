using Holdfast.Notebooks.Cleaning;

namespace Holdfast.Notebooks.Exporting;

/// <summary>What a project says about its modules: <c>[tool.nbdev]</c> of <c>pyproject.toml</c>, or nbdev's older <c>settings.ini</c>.</summary>
/// <param name="Root">The folder of the settings.</param>
/// <param name="Library">lib_path: the folder of the package. Default the project's name with dashes as underscores.</param>
/// <param name="Notebooks">nbs_path: the folder of the notebooks. Default nbs.</param>
/// <param name="Index">The settings that nbdev writes into its index.</param>
public sealed record ModuleSettings(string Root, string Library, string Notebooks, IReadOnlyDictionary<string, string> Index)
{
    private static readonly string[] InIndex = ["branch", "doc_baseurl", "doc_host", "git_url", "lib_path"];

    /// <summary>The settings of the nearest folder upwards that has some; null when none has.</summary>
    /// <exception cref="IOException">A file of settings cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file of settings may not be read.</exception>
    public static ModuleSettings? For(string folder)
    {
        for (var place = new DirectoryInfo(Path.GetFullPath(folder)); place is not null; place = place.Parent)
        {
            if ((Values(place.FullName, "pyproject.toml", "tool.nbdev") is { } toml ? WithProject(place.FullName, toml) : FromIni(place.FullName)) is { } values)
                return Of(place.FullName, values);
        }

        return null;
    }

    private static ModuleSettings? Of(string root, Dictionary<string, string> values)
    {
        if (!values.TryGetValue("lib_path", out var library)) return null;
        return new ModuleSettings(root, Path.GetFullPath(library, root), Path.GetFullPath(values.GetValueOrDefault("nbs_path") ?? "nbs", root),
            values.Where(value => InIndex.Contains(value.Key)).ToDictionary());
    }

    private static Dictionary<string, string> WithProject(string root, Dictionary<string, string> values)
    {
        var urls = Values(root, "pyproject.toml", "project.urls") ?? [];
        if (Values(root, "pyproject.toml", "project")?.GetValueOrDefault("name") is { } name) values.TryAdd("lib_path", name.Replace('-', '_'));
        values.TryAdd("branch", "main");
        values["git_url"] = (urls.GetValueOrDefault("Repository") ?? urls.GetValueOrDefault("Source") ?? "").TrimEnd('/');
        var site = Uri.TryCreate(urls.GetValueOrDefault("Documentation"), UriKind.Absolute, out var uri) ? uri : null;
        values["doc_host"] = site is null ? "" : $"{site.Scheme}://{site.Authority}";
        values["doc_baseurl"] = site?.AbsolutePath.TrimEnd('/') is { Length: > 0 } path ? path : "/";
        return values;
    }

    private static Dictionary<string, string>? FromIni(string root)
    {
        if (Values(root, "settings.ini", "DEFAULT") is not { } values || !(values.ContainsKey("lib_path") || values.ContainsKey("lib_name"))) return null;
        values.TryAdd("lib_path", "%(lib_name)s");
        values.TryAdd("branch", "main");
        if (values.ContainsKey("user"))
        {
            if (values.ContainsKey("lib_name")) values.TryAdd("repo", "%(lib_name)s");
            values.TryAdd("doc_host", "https://%(user)s.github.io");
            values.TryAdd("doc_baseurl", "/%(repo)s");
            values.TryAdd("git_url", "https://github.com/%(user)s/%(repo)s");
        }

        return values.ToDictionary(value => value.Key, value => Filled(value.Value, values));
    }

    /// <summary>A value with the others that it names, as Python's configparser puts them in.</summary>
    private static string Filled(string value, Dictionary<string, string> values)
    {
        // As deep as configparser goes.
        for (var depth = 0; depth < 10 && value.Contains("%(", StringComparison.Ordinal); depth++)
        {
            foreach (var (name, other) in values) value = value.Replace($"%({name})s", other, StringComparison.Ordinal);
        }

        return value;
    }

    private static Dictionary<string, string>? Values(string root, string file, string section)
    {
        var path = Path.Join(root, file);
        return File.Exists(path) ? SettingsText.Read(File.ReadAllText(path), section, '=')?.ToDictionary(value => value.Key, value => string.Join(' ', value.Value)) : null;
    }
}
