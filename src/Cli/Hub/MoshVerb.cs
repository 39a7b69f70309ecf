using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Mosh;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast mosh NAME [COMMAND…]</c>: a shell that survives the network. mosh-server is started by ssh, reached by a UDP port of the hub, and shown by this computer's mosh-client.</summary>
internal static class MoshVerb
{
    private const int NotFound = 127, OfSsh = 255;

    public static Command Create()
    {
        var name = Asking.Machine();
        var command = new Argument<string[]>("COMMAND") { Description = "Program and arguments to run there; behind -- where it has options. Default a shell.", Arity = ArgumentArity.ZeroOrMore };
        return Asking.Verb("mosh", "A shell in a machine that survives sleep, another network, and a start of the hub: by this computer's mosh, over UDP.", async (parse, hub, cancellationToken) =>
        {
            // 1. Both sides have what it needs.
            if (await ColoursAsync(cancellationToken) is not { } colours) return Output.Fail("needs mosh on this computer (Debian: mosh).");
            if (await SshIdentity.PrepareAsync(hub, adds: false, cancellationToken) is not { } identity) return 1;
            if (identity.View.Mosh is not { } range) return Output.Fail(MoshServer.NoRange);
            var (machine, options) = (parse.GetValue(name)!, SshConfig.Options(identity, parse.GetValue<string?>("--hub"), parse.GetValue<string?>("--data")));

            // 2. The server, by ssh: its key comes that way, and no other.
            var (answer, code) = await StartAsync([.. options, "-T", "-n", "--", $"{machine}{identity.View.Suffix}", MoshServer.Command(colours, parse.GetValue(command) ?? [])], cancellationToken);
            if (answer is null) return code == NotFound ? Output.Fail(MoshServer.Missing(machine)) : code;

            // 3. The way there.
            var reply = await hub.SendAsync(HttpMethod.Post, Asking.PathOf(machine, "/mosh"), new MoshRequest(answer.Port, await SshIdentity.FingerprintAsync(cancellationToken)), HubJson.Default.MoshRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (await AddressAsync(hub, range, cancellationToken) is not { } address) return Output.Fail($"{hub.Address.Host} has no address of the kind that the hub has opened for mosh ({range.Ip}); mend: mosh.ip in its hub.yaml.");
            return Become.Program("mosh-client", [address, reply.Read(HubJson.Default.MoshView).Port.ToString(CultureInfo.InvariantCulture)], ("MOSH_KEY", answer.Key));
        }, name, command);
    }

    /// <summary>How many colours this terminal has; null when there is no mosh-client.</summary>
    private static async Task<string?> ColoursAsync(CancellationToken cancellationToken)
    {
        try
        {
            var (said, _) = await ReadAsync("mosh-client", ["-c"], cancellationToken);
            return said.Trim() is { Length: > 0 } number ? number : "0";
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Starts the server. Null, with the exit code, after why there is none was said; not said where there is no such program.</summary>
    private static async Task<(MoshServer? Server, int Code)> StartAsync(string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            var (said, code) = await ReadAsync("ssh", arguments, cancellationToken);
            if (MoshServer.Read(said) is { } server) return (server, 0);
            // ssh has said why.
            if (code == OfSsh) return (null, 1);
            return (null, code == NotFound ? code : Output.Fail($"mosh-server did not start{(said.Trim() is { Length: > 0 } words ? $": {MachineTexts.Plain(words)}" : ".")}"));
        }
        catch (Win32Exception)
        {
            return (null, Output.Fail("needs ssh on this computer (Debian: openssh-client)."));
        }
    }

    private static async Task<(string Said, int Code)> ReadAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var said = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return (said, process.ExitCode);
    }

    /// <summary>An address of the hub by which UDP reaches it; mosh-client takes no names.</summary>
    private static async Task<string?> AddressAsync(HubClient hub, MoshRange range, CancellationToken cancellationToken)
    {
        var ip = IPAddress.Parse(range.Ip);
        if (hub.At is { } here) return $"{(ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any) ? here.Address : ip)}";
        try
        {
            var all = await Dns.GetHostAddressesAsync(hub.Address.DnsSafeHost, ip.Equals(IPAddress.IPv6Any) ? AddressFamily.Unspecified : ip.AddressFamily, cancellationToken);
            return all.FirstOrDefault()?.ToString();
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
