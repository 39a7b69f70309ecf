using System.Diagnostics;

namespace Holdfast.Functional.Tests.Labs;

/// <summary>A file system in memory with little room, mounted on a folder for one test.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>Skips the test where this process may not mount.</summary>
    public static SmallDisk Mount(string folder, int megabytes)
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Mounting a small disk needs root.");
        if (Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder) != 0) Assert.Skip("A tmpfs cannot be mounted here.");
        return new SmallDisk(folder);
    }

    public void Dispose() => Run("umount", "--lazy", _folder);

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode;
    }
}
