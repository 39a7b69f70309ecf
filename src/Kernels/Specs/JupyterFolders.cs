namespace Holdfast.Kernels.Specs;

/// <summary>The folders of jupyter_core's <c>jupyter_path("kernels")</c>, first to last.</summary>
internal static class JupyterFolders
{
    private static readonly string[] System = ["/usr/local/share/jupyter", "/usr/share/jupyter"];

    public static IEnumerable<string> Kernels(SearchVariables variables, FoundPython? python) =>
        Data(variables, python).Distinct().Select(folder => Path.Combine(folder, "kernels"))
            .Append(Path.Combine(variables["IPYTHONDIR"] ?? Path.Combine(variables.Home, ".ipython"), "kernels"));

    private static List<string> Data(SearchVariables variables, FoundPython? python)
    {
        string[] user = [User(variables), Path.Combine(variables["PYTHONUSERBASE"] ?? Path.Combine(variables.Home, ".local"), "share", "jupyter")];
        string[] environment = python is null || System.Contains(Share(python.Prefix)) ? [] : [Share(python.Prefix)];
        return
        [
            .. variables.Folders("JUPYTER_PATH"),
            .. PrefersEnvironment(variables, python) ? [.. environment, .. user] : (string[])[.. user, .. environment],
            .. System,
        ];
    }

    private static string Share(string prefix) => Path.Combine(prefix, "share", "jupyter");

    private static string User(SearchVariables variables)
    {
        if (variables["JUPYTER_DATA_DIR"] is { } data) return data;
        if (OperatingSystem.IsMacOS()) return Path.Combine(variables.Home, "Library", "Jupyter");
        return Path.Combine(variables["XDG_DATA_HOME"] ?? Path.Combine(variables.Home, ".local", "share"), "jupyter");
    }

    /// <summary>An active environment goes before the user's folder, unless the variable says otherwise (jupyter_core 5).</summary>
    private static bool PrefersEnvironment(SearchVariables variables, FoundPython? python)
    {
        if (variables.Flag("JUPYTER_PREFER_ENV_PATH") is { } stated) return stated;
        if (python is null) return false;
        return File.Exists(Path.Combine(python.Prefix, "pyvenv.cfg"))
            || (variables["CONDA_PREFIX"] == python.Prefix && variables["CONDA_DEFAULT_ENV"] is not (null or "base"));
    }
}
