using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using Holdfast.Hub.Ssh;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast ssh NAME [COMMAND…]</c> and <c>holdfast ssh config</c>.</summary>
internal static class SshVerb
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        var name = Asking.Machine();
        var command = new Argument<string[]>("COMMAND") { Description = "What to run there, as ssh takes it; behind -- where it has options. Default a shell.", Arity = ArgumentArity.ZeroOrMore };
        var verb = Asking.Verb("ssh", "Log in to a machine by this computer's ssh, through the hub's own address; end with the exit code of what ran there.", async (parse, hub, cancellationToken) =>
        {
            if (await SshIdentity.PrepareAsync(hub, adds: false, cancellationToken) is not { } identity) return 1;
            return await RunAsync([.. SshConfig.Options(identity, parse.GetValue<string?>("--hub"), parse.GetValue<string?>("--data")), "--", $"{parse.GetValue(name)}{identity.View.Suffix}", .. parse.GetValue(command) ?? []]);
        }, name, command);
        verb.Add(Config());
        return verb;
    }

    /// <summary><c>holdfast ssh-proxy HOST</c>: what ssh runs to reach a machine.</summary>
    public static Command CreateProxy()
    {
        var host = new Argument<string>("HOST") { Description = "A machine's name, with or without what follows it for ssh." };
        var verb = Asking.Verb("ssh-proxy", "What ssh runs to reach a machine.", async (parse, hub, cancellationToken) =>
        {
            var asked = parse.GetValue(host)!;
            var name = asked.EndsWith(".holdfast", StringComparison.Ordinal) ? asked[..^".holdfast".Length] : asked;
            var path = Asking.PathOf(name, await SshIdentity.FingerprintAsync(cancellationToken) is { } key ? $"/ssh?key={Uri.EscapeDataString(key)}" : "/ssh");
            var may = await hub.GetAsync(path, cancellationToken);
            if (may.Fault is not null) return Asking.Fail(may);
            try
            {
                using var web = await hub.ConnectAsync(path, cancellationToken);
                await using var stream = WebSocketStream.Create(web, WebSocketMessageType.Binary, Farewell);
                await BytePipe.RunAsync(stream, stream, Console.OpenStandardInput(), Console.OpenStandardOutput(), cancellationToken);
                return 0;
            }
            catch (WebSocketException fault)
            {
                return Output.Fail($"{name} was not reached by ssh: {Output.Sentence(fault.Message)} The hub's log says why.");
            }
        }, host);
        verb.Hidden = true;
        return verb;
    }

    private static Command Config()
    {
        var quiet = Asking.Quiet();
        return Asking.Verb("config", "Have every ssh on this computer, and what uses it (scp, sftp, rsync, git, VS Code), know machines as NAME.holdfast: a block in ~/.ssh/config, a key of this computer's own, and nothing that is asked.", async (parse, hub, cancellationToken) =>
        {
            if (await SshIdentity.PrepareAsync(hub, adds: true, cancellationToken) is not { Key: { } key } identity) return 1;
            var changed = SshConfig.Write(identity, parse.GetValue<string?>("--hub"), parse.GetValue<string?>("--data"));
            if (parse.GetValue(quiet)) return 0;
            Console.WriteLine(changed ? $"{SshConfig.FilePath} knows machines now." : $"{SshConfig.FilePath} knew machines already.");
            Console.WriteLine($"The key of this computer is {identity.KeyFile} ({MachineTexts.Plain(key.Name)}); '{Surroundings.Program} key rm {key.Id}' ends what it opens.");
            Console.WriteLine($"Host keys are known by the hub's word for them. Try: ssh NAME{identity.View.Suffix}");
            return 0;
        }, quiet);
    }

    private static async Task<int> RunAsync(string[] arguments)
    {
        // The keys are ssh's: it gets the signals of the terminal as well.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => signal.Cancel = true);
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ssh", arguments))!;
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        }
        catch (Win32Exception)
        {
            return Output.Fail("needs ssh on this computer (Debian: openssh-client).");
        }
    }
}
