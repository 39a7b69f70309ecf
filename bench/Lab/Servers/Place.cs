namespace Holdfast.Lab.Bench.Servers;

/// <summary>Where a run works: the program that is measured, and a temporary folder that is removed in the end.</summary>
internal sealed class Place : IDisposable
{
    private Place(string program, string folder) => (Program, Folder) = (program, folder);

    /// <summary>out/holdfast of this repository.</summary>
    public string Program { get; }

    public string Folder { get; }

    /// <summary>What is missing; null when nothing is.</summary>
    public string? Problem => !File.Exists(Program) ? $"{Program} is not built."
        : !Directory.Exists("/usr/lib/python3/dist-packages/jupyter_server") ? "Debian's python3-jupyter-server is not installed."
        : null;

    public static Place Create()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Holdfast.slnx"))) root = root.Parent;
        return new Place(Path.Combine(root?.FullName ?? ".", "out/holdfast"), Directory.CreateTempSubdirectory("holdfast-bench-").FullName);
    }

    /// <summary>A new folder.</summary>
    public string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(Folder, $"{name}-{Guid.NewGuid():N}")).FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
