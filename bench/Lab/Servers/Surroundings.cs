namespace Holdfast.Lab.Bench.Servers;

/// <summary>Environment that keeps the user's own settings out of the figures and gives both servers the same Python kernel.</summary>
internal static class Surroundings
{
    public static IReadOnlyDictionary<string, string> In(string folder) => new Dictionary<string, string>
    {
        ["JUPYTER_CONFIG_DIR"] = Path.Combine(folder, "config"),
        ["JUPYTER_DATA_DIR"] = Path.Combine(folder, "data"),
        ["JUPYTER_RUNTIME_DIR"] = Path.Combine(folder, "runtime"),
        ["IPYTHONDIR"] = Path.Combine(folder, "ipython"),
        ["PATH"] = "/usr/bin:/bin",
    };
}
