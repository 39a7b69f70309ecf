using System.Diagnostics;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Machines;

/// <summary>Copies and removes whole folders in which others may write meanwhile: no link in them is followed.</summary>
internal static class FolderCopy
{
    /// <summary>Copies what is in a folder into another one, in which nothing is and nobody else writes; what went wrong, or null.</summary>
    public static async Task<string?> RunAsync(string from, string to, CancellationToken cancellationToken)
    {
        // The disk is waited for, and the caller's thread must not be.
        await Task.Yield();
        try
        {
            using var folder = Posix.OpenRoot(from);
            if (!folder.IsInvalid) new TreeCopy().Copy(folder, ".", to, cancellationToken);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.Message;
        }
    }

    /// <summary>Removes a folder with all that is in it.</summary>
    /// <exception cref="IOException">It is not gone.</exception>
    public static void Remove(string folder)
    {
        if (!Directory.Exists(folder)) return;
        // rm goes as deep as folders go, where a path would be too long, and never through a link.
        using var rm = Process.Start(new ProcessStartInfo("rm", ["-rf", "--one-file-system", "--", folder]) { RedirectStandardError = true, RedirectStandardInput = true })!;
        rm.StandardInput.Close();
        var said = rm.StandardError.ReadToEnd();
        rm.WaitForExit();
        if (rm.ExitCode != 0) throw new IOException($"{folder} could not be removed: {said.Trim()}");
    }
}
