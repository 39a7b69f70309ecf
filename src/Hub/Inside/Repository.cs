using System.ComponentModel;
using System.Diagnostics;

namespace Holdfast.Hub.Inside;

/// <summary>The git repository of a machine, cloned by the machine's own git with its owner's keys.</summary>
internal static class Repository
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Clones into an empty folder; one that holds anything stays as it is.</summary>
    /// <param name="address">What <c>git clone</c> takes.</param>
    /// <param name="folder">The notebooks folder.</param>
    /// <param name="log">Where git's words go.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What went wrong, with the mend; null when nothing did.</returns>
    public static async Task<string?> CloneAsync(string address, string folder, string log, CancellationToken cancellationToken)
    {
        if (Directory.EnumerateFileSystemEntries(folder).Any()) return null;
        try
        {
            var start = new ProcessStartInfo("git", ["clone", "--", address, folder]) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
            // A question that nobody sees would never be answered.
            start.Environment["GIT_TERMINAL_PROMPT"] = "0";
            start.Environment["GIT_SSH_COMMAND"] = Environment.GetEnvironmentVariable("GIT_SSH_COMMAND") ?? "ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new";
            using var git = Process.Start(start)!;
            git.StandardInput.Close();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            var said = git.StandardError.ReadToEndAsync(limit.Token);
            _ = git.StandardOutput.ReadToEndAsync(limit.Token);
            try
            {
                await git.WaitForExitAsync(limit.Token);
                await File.WriteAllTextAsync(log, await said, CancellationToken.None);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                git.Kill(entireProcessTree: true);
                return $"{address} could not be cloned in {Patience.TotalMinutes:0} minutes; mend: git clone it in a terminal of the machine.";
            }
            return git.ExitCode == 0 ? null : $"{address} could not be cloned: {(await said).Trim().Split('\n')[^1].TrimEnd('.')}; mend: git clone it in a terminal of the machine.";
        }
        catch (Win32Exception)
        {
            return $"{address} could not be cloned: there is no git in this image; mend: an image with git, or clone it elsewhere into the notebooks folder.";
        }
    }
}
