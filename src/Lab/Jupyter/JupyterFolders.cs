namespace Holdfast.Lab.Jupyter;

/// <summary>Jupyter's folders, as jupyter_core finds them: an existing set-up carries over.</summary>
internal sealed class JupyterFolders
{
    public JupyterFolders(LabOptions options) : this(options.Environment)
    {
    }

    private JupyterFolders(IReadOnlyDictionary<string, string> environment)
    {
        var home = environment.GetValueOrDefault("HOME") is { Length: > 0 } given ? given : "/";
        UserConfig = Named("JUPYTER_CONFIG_DIR") ?? Path.Join(home, ".jupyter");
        var userData = Named("JUPYTER_DATA_DIR") ?? Path.Join(Named("XDG_DATA_HOME") ?? Path.Join(home, ".local/share"), "jupyter");
        // sys.prefix of the environment that is active, as far as it can be known without starting a Python.
        var prefixes = new[] { Named("VIRTUAL_ENV"), Named("CONDA_PREFIX") }.OfType<string>().ToArray();
        Data = [.. Paths("JUPYTER_PATH"), userData, .. prefixes.Select(prefix => Path.Join(prefix, "share/jupyter")), "/usr/local/share/jupyter", "/usr/share/jupyter"];
        Config = [.. Paths("JUPYTER_CONFIG_PATH"), UserConfig, .. prefixes.Select(prefix => Path.Join(prefix, "etc/jupyter")), "/usr/local/etc/jupyter", "/etc/jupyter"];
        UserSettings = Named("JUPYTERLAB_SETTINGS_DIR") ?? Path.Join(UserConfig, "lab/user-settings");
        Workspaces = Named("JUPYTERLAB_WORKSPACES_DIR") ?? Path.Join(UserConfig, "lab/workspaces");
        Application = Named("JUPYTERLAB_DIR") ?? Data.Select(folder => Path.Join(folder, "lab")).FirstOrDefault(Directory.Exists);

        string? Named(string name) => environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
        string[] Paths(string name) => (Named(name) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The folders that these variables name.</summary>
    public static JupyterFolders Of(IReadOnlyDictionary<string, string> environment) => new(environment);

    /// <summary>The folder of the user's own configuration.</summary>
    public string UserConfig { get; }
    /// <summary>Folders of configuration, the user's own before the system's.</summary>
    public IReadOnlyList<string> Config { get; }
    /// <summary>Folders of kernels, extensions and the like, in search order.</summary>
    public IReadOnlyList<string> Data { get; }
    /// <summary>Where JupyterLab keeps the user's settings.</summary>
    public string UserSettings { get; }
    /// <summary>Where JupyterLab keeps workspaces.</summary>
    public string Workspaces { get; }
    /// <summary>The application folder of an installed JupyterLab (its <c>settings/</c>, <c>schemas/</c>, <c>themes/</c>); null when there is none.</summary>
    public string? Application { get; }
}
