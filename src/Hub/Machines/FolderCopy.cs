using System.Diagnostics;

namespace Holdfast.Hub.Machines;

/// <summary>Copies and removes whole folders by the system's own programs, which know links, owners, modes, times, holes and reflinks.</summary>
internal static class FolderCopy
{
    /// <summary>Copies what is in a folder into another one; what went wrong, or null.</summary>
    public static async Task<string?> RunAsync(string from, string to, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(from)) return null;
        using var copy = Process.Start(new ProcessStartInfo("cp", ["-a", "--reflink=auto", "--", $"{from}/.", to]) { RedirectStandardError = true })!;
        try
        {
            var said = await copy.StandardError.ReadToEndAsync(cancellationToken);
            await copy.WaitForExitAsync(cancellationToken);
            return copy.ExitCode == 0 ? null : said.Trim();
        }
        catch (OperationCanceledException)
        {
            copy.Kill();
            throw;
        }
    }

    /// <summary>Removes a folder with all that is in it; links are removed, not followed.</summary>
    public static void Remove(string folder)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
