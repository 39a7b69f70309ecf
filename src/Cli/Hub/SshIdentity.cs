using System.ComponentModel;
using System.Diagnostics;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary>What this computer has for ssh to machines of a hub: a key of its own, and the hub's word for all host keys.</summary>
/// <param name="Folder">Where it lies, 0700.</param>
/// <param name="View">What the hub says of ssh.</param>
/// <param name="Key">The key, as the hub knows it; null where it was not asked.</param>
internal sealed record SshIdentity(string Folder, SshView View, SshKeyView? Key)
{
    private const string KnownHosts = "known_hosts";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The private key.</summary>
    public string KeyFile => FileIn(Folder);

    /// <summary>The line that knows all machines of the hub.</summary>
    public string KnownHostsFile => Path.Combine(Folder, KnownHosts);

    private static string Place => Path.Combine(Surroundings.Home.StateFolder, "ssh");

    /// <summary>The fingerprint of this computer's key; null when it has none, or ssh-keygen cannot be run.</summary>
    public static async Task<string?> FingerprintAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists($"{FileIn(Place)}.pub")) return null;
        var key = (await File.ReadAllTextAsync($"{FileIn(Place)}.pub", cancellationToken)).Split(' ');
        return key.Length < 2 ? null : $"SHA256:{Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(Convert.FromBase64String(key[1].Trim()))).TrimEnd('=')}";
    }

    /// <summary>Makes what is missing. Null after why it cannot be was said.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="adds">Whether the hub is to know this computer's key; else only one that is new: whoever has removed it meant it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SshIdentity?> PrepareAsync(HubClient hub, bool adds, CancellationToken cancellationToken)
    {
        var reply = await hub.GetAsync("ssh", cancellationToken);
        if (reply.Fault is not null) return Said(Asking.Fail(reply));
        var view = reply.Read(HubJson.Default.SshView);
        Directory.CreateDirectory(Place, OwnerOnly);
        var isNew = !File.Exists($"{FileIn(Place)}.pub");
        if (isNew && !await MakeKeyAsync(cancellationToken)) return null;
        OwnFile.Write(Path.Combine(Place, KnownHosts), $"@cert-authority *{view.Suffix} {view.Authority}\n");
        if (!adds && !isNew) return new SshIdentity(Place, view, null);
        var added = await hub.SendAsync(HttpMethod.Post, "keys", new SshKeyRequest(await File.ReadAllTextAsync($"{FileIn(Place)}.pub", cancellationToken)), HubJson.Default.SshKeyRequest, cancellationToken);
        if (added.Fault is not null) return Said(Asking.Fail(added));
        return new SshIdentity(Place, view, added.Read(HubJson.Default.SshKeyView));

        static SshIdentity? Said(int code) => null;
    }

    private static string FileIn(string folder) => Path.Combine(folder, "id_ed25519");

    private static async Task<bool> MakeKeyAsync(CancellationToken cancellationToken)
    {
        try
        {
            File.Delete(FileIn(Place));
            using var process = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", $"holdfast on {Environment.MachineName}", "-f", FileIn(Place)]);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 || Output.Fail("ssh-keygen could not make a key.") == 0;
        }
        catch (Win32Exception)
        {
            return Output.Fail("needs ssh and ssh-keygen on this computer (Debian: openssh-client).") == 0;
        }
    }
}
