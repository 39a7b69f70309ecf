using System.CommandLine;
using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Ssh;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast ssh-door SOCKET KEY [MACHINE]</c>: what an sshd of the hub's computer runs for whom it has let in. It asks the hub, and does what that says as long as the hub holds the line.</summary>
internal static class SshDoorVerb
{
    /// <summary>The exit code of ssh itself when something is wrong.</summary>
    private const int Wrong = 255;

    public static Command Create()
    {
        var socket = new Argument<string>("SOCKET") { Description = "Where the hub listens." };
        var key = new Argument<string>("KEY") { Description = "The id of the key." };
        var machine = new Argument<string?>("MACHINE") { Description = "The machine; else the command begins with it.", Arity = ArgumentArity.ZeroOrOne };
        var verb = new Command("ssh-door", "What sshd runs for whom it has let in.") { socket, key, machine };
        verb.Hidden = true;
        verb.SetAction((parse, cancellationToken) => RunAsync(parse.GetValue(socket)!, new DoorQuestion(parse.GetValue(key)!, parse.GetValue(machine), Surroundings.Variables.GetValueOrDefault("SSH_ORIGINAL_COMMAND"), Surroundings.Variables.GetValueOrDefault("SSH_CONNECTION")), cancellationToken));
        return verb;
    }

    private static async Task<int> RunAsync(string path, DoorQuestion question, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        }
        catch (SocketException)
        {
            return Fail("the hub does not run.");
        }
        await using var line = new NetworkStream(socket);
        await line.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(question, DoorWords.Default.DoorQuestion), (byte)'\n'], cancellationToken);
        var said = await FirstLine.ReadAsync(line, int.MaxValue, cancellationToken);
        var answer = said.Length == 0 ? new DoorAnswer("the hub has ended.") : JsonSerializer.Deserialize(said, DoorWords.Default.DoorAnswer)!;
        if (answer.Fault is { } fault) return Fail(fault);
        if (answer.Text is { } text) Console.Write(text);
        if (answer.Relays) await BytePipe.RunAsync(line, line, Console.OpenStandardInput(), Console.OpenStandardOutput(), cancellationToken);
        return answer.Argv is { } argv ? await EnterAsync(line, argv) : 0;
    }

    private static async Task<int> EnterAsync(NetworkStream line, IReadOnlyList<string> argv)
    {
        // The keys are the command's.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, signal => signal.Cancel = true);
        using var process = Process.Start(new ProcessStartInfo(argv[0], argv.Skip(1)))!;
        var ended = process.WaitForExitAsync(CancellationToken.None);
        if (await Task.WhenAny(ended, line.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false).AsTask()) == ended) return process.ExitCode;
        process.Kill(entireProcessTree: true);
        await ended;
        return Fail("this connection was ended by the hub.");
    }

    private static int Fail(string message)
    {
        Output.Fail(message);
        return Wrong;
    }
}
