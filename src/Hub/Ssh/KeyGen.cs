using System.ComponentModel;
using System.Diagnostics;

namespace Holdfast.Hub.Ssh;

/// <summary>OpenSSH's <c>ssh-keygen</c>.</summary>
internal static class KeyGen
{
    /// <summary>Runs it; what it has written.</summary>
    public static async Task<HubResult<string>> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ssh-keygen", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardInput.Close();
            var (said, fault) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? await said : new HubFault("unavailable", $"ssh-keygen says: {(await fault).Trim()}");
        }
        catch (Win32Exception)
        {
            return new HubFault("unavailable", "Keys for ssh need ssh-keygen on the hub's computer; mend: apt-get install openssh-client.");
        }
    }
}
