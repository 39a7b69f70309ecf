using System.Diagnostics;

namespace Holdfast.Journal.Tests;

/// <summary>A file system in memory with little room.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("holdfast-small-");

    public string Path => _folder.FullName;

    /// <summary>Null where this process may not mount.</summary>
    public static SmallDisk? Mount(int bytes)
    {
        var disk = new SmallDisk();
        if (Run("mount", "-t", "tmpfs", "-o", $"size={bytes}", "none", disk.Path)) return disk;
        disk._folder.Delete();
        return null;
    }

    public void Dispose()
    {
        Run("umount", "-l", Path);
        _folder.Delete(true);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
