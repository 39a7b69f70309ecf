using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Ssh;

/// <summary>A host key, as sshd wants it.</summary>
/// <param name="Private">The text of its file.</param>
/// <param name="Certificate">The line by which this hub says whose it is.</param>
internal sealed record HostKey(string Private, string Certificate);

/// <summary>
/// Host keys. Each machine has one of its own, signed for its name by a key of this hub: who knows that one key knows all machines, those to come as well, and is never asked.
/// </summary>
internal sealed class HostKeys(HubFolders folders) : IDisposable
{
    /// <summary>What follows a machine's name to make a host name for ssh.</summary>
    public const string Suffix = ".holdfast";

    private readonly SemaphoreSlim _turn = new(1);

    private string AuthorityFile => Path.Combine(folders.Ssh, "authority");

    /// <summary>The key that signs host keys: type and base64, as a line of <c>known_hosts</c> has it.</summary>
    public Task<HubResult<string>> AuthorityAsync(CancellationToken cancellationToken) => PublicAsync(AuthorityFile, "Holdfast hub", cancellationToken);

    /// <summary>The host key of the gateway.</summary>
    public string GatewayFile => Path.Combine(folders.Ssh, "gateway");

    /// <summary>Makes that; what <c>known_hosts</c> has of it.</summary>
    public Task<HubResult<string>> GatewayAsync(CancellationToken cancellationToken) => PublicAsync(GatewayFile, "Holdfast gateway", cancellationToken);

    /// <summary>The host key of a machine. It goes with its folder.</summary>
    public Task<HubResult<HostKey>> OfAsync(MachineRecord machine, CancellationToken cancellationToken) =>
        OfAsync(Path.Combine(folders.MachineOf(machine.Id), "ssh-host-key"), $"{machine.Spec.Name}{Suffix}", cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();

    private async Task<HubResult<HostKey>> OfAsync(string file, string host, CancellationToken cancellationToken)
    {
        var authority = await AuthorityAsync(cancellationToken);
        if (!authority.Ok) return authority.Fault;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (await MakeAsync(file, host, cancellationToken) is { } fault) return fault;
            var certificate = $"{file}-cert.pub";
            if (!File.Exists(certificate) && await KeyGen.RunAsync(["-q", "-s", AuthorityFile, "-h", "-I", host, "-n", host, $"{file}.pub"], cancellationToken) is { Fault: { } unsigned }) return unsigned;
            return new HostKey(await File.ReadAllTextAsync(file, cancellationToken), (await File.ReadAllTextAsync(certificate, cancellationToken)).Trim());
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<HubResult<string>> PublicAsync(string file, string comment, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (await MakeAsync(file, comment, cancellationToken) is { } fault) return fault;
            return string.Join(' ', (await File.ReadAllTextAsync($"{file}.pub", cancellationToken)).Split(' ').Take(2));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes a key where there is none; a half one of a hub that was killed is made anew.</summary>
    private static async Task<HubFault?> MakeAsync(string file, string comment, CancellationToken cancellationToken)
    {
        if (File.Exists(file) && File.Exists($"{file}.pub")) return null;
        HubFolders.Make(Path.GetDirectoryName(file)!);
        foreach (var left in (string[])[file, $"{file}.pub", $"{file}-cert.pub"]) File.Delete(left);
        return (await KeyGen.RunAsync(["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file], cancellationToken)).Fault;
    }
}
