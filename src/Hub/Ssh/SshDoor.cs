using System.Net.Sockets;
using System.Text.Json;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Mosh;
using Holdfast.Hub.People;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Hub.Ssh;

/// <summary>
/// Where those ask what to do whom an sshd of the hub's computer has let in by a registered key: a Unix socket that only the hub's user can open. What was granted ends with the line, from either side.
/// </summary>
internal sealed class SshDoor(HubOptions options, Fleet fleet, Persons persons, SshKeys keys, SshWays ways, SshSessions sessions, MoshStart mosh, AuditLog audit) : BackgroundService
{
    private const int Backlog = 128, LongestLine = 256 << 10;

    private const string Usage = """
        ssh … connect NAME       the ssh of a machine: ProxyCommand ssh -p PORT USER@HUB connect %n
        ssh -t … NAME [COMMAND]  a shell, or a command, in a machine
        ssh … known-hosts        the line for ~/.ssh/known_hosts that knows all machines
        mosh --ssh='ssh -p PORT' --server='NAME mosh-server' USER@HUB
                                 a shell that survives the network

        """;

    /// <summary>What stands before a key in <c>authorized_keys</c>, so that it opens this door and nothing else.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="key">The key.</param>
    /// <param name="machine">The only machine that it is the door of; null for all of theirs.</param>
    public static string Options(HubOptions options, SshKey key, string? machine)
    {
        var command = $"'{options.ProgramFolder}/holdfast' ssh-door '{options.Folders.SshSocket}' {key.Id}{(machine is null ? "" : $" {machine}")}";
        return $"restrict,pty,command=\"{command.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        HubFolders.Make(options.Folders.MeetingRoot);
        File.Delete(options.Folders.SshSocket);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(options.Folders.SshSocket));
        File.SetUnixFileMode(options.Folders.SshSocket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        listener.Listen(Backlog);
        await Accepting.RunAsync(listener, socket => ServeAsync(socket, stoppingToken), stoppingToken);
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        await using var line = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (JsonSerializer.Deserialize(await FirstLine.ReadAsync(line, LongestLine, stop), DoorWords.Default.DoorQuestion) is not { Key: { } id } question) return;
            // 1. Who comes. Its sshd may have let it in by what was good a moment ago.
            if (keys.Find(id) is not { } key || persons.Find(key.Person) is not { } person)
            {
                await SayAsync(line, new DoorAnswer(Fault: "This key was removed."), stop);
                return;
            }
            var caller = new Caller(person.Name, person.IsAdmin);

            // 2. Where to.
            var (command, asksWhere) = MoshStart.Plain(question.Command ?? "");
            var (first, rest) = question.Machine is { } fixedName ? (fixedName, question.Command ?? "") : Split(command);
            var relays = question.Machine is null && first == "connect";
            if (relays) (first, rest) = Split(rest);
            if (question.Machine is null && !relays && first is "" or "known-hosts")
            {
                await SayAsync(line, first.Length == 0 ? new DoorAnswer(Text: ListOf(caller)) : await KnownAsync(stop), stop);
                return;
            }
            // A mosh that cannot be told to name a machine: where one alone can be meant, it is that.
            if (question.Machine is null && MoshStart.IsMosh(command) && Running(caller) is [var only]) (first, rest) = (only, command);
            var name = first.EndsWith(HostKeys.Suffix, StringComparison.Ordinal) ? first[..^HostKeys.Suffix.Length] : first;
            var machine = fleet.Find(caller, name);
            if (!machine.Ok || machine.Value.State != MachineState.Running)
            {
                await SayAsync(line, new DoorAnswer(Fault: (machine.Fault ?? MachineRules.NotRunning(machine.Value!)).Message), stop);
                return;
            }

            // 3. In.
            if (question.Machine is null && !relays && MoshStart.IsMosh(rest))
            {
                keys.See([key.Id]);
                var started = await mosh.RunAsync(caller, machine.Value, key, rest, stop);
                await SayAsync(line, started.Ok ? new DoorAnswer(Text: asksWhere ? $"\r\nMOSH SSH_CONNECTION {question.Connection}{started.Value}" : started.Value) : new DoorAnswer(Fault: started.Fault.Message), stop);
                return;
            }
            await (relays ? RelayAsync(line, caller, machine.Value, key, stop) : EnterAsync(line, caller, machine.Value, key, rest, stop));
        }
        catch (Exception fault) when (fault is IOException or JsonException or OperationCanceledException)
        {
            // Who asked has gone, or the hub goes.
        }
    }

    private async Task RelayAsync(NetworkStream line, Caller caller, MachineRecord machine, SshKey key, CancellationToken stop)
    {
        var opened = await ways.OpenAsync(caller, machine, [key], stop);
        using var connection = opened.Value;
        await SayAsync(line, opened.Ok ? new DoorAnswer(Relays: true) : new DoorAnswer(Fault: opened.Fault.Message), stop);
        if (connection is not null) await connection.RunAsync(line, stop);
    }

    private async Task EnterAsync(NetworkStream line, Caller caller, MachineRecord machine, SshKey key, string command, CancellationToken stop)
    {
        using var session = sessions.Begin(caller.Name, machine.Id, [key.Id]);
        const string Script = """
            cd "$HOME"
            shell=/bin/sh
            [ ! -x /bin/bash ] || shell=/bin/bash
            [ -n "$1" ] || exec "$shell" -l
            exec "$shell" -c "$1"
            """;
        var entry = options.EngineOf(machine) is { } engine ? await engine.EntryAsync(machine.Id, ["/bin/sh", "-c", Script, "holdfast-ssh", command], stop) : default;
        if (!entry.Ok || keys.Find(key.Id) is null)
        {
            await SayAsync(line, new DoorAnswer(Fault: entry.Fault?.Message ?? "This key was removed."), stop);
            return;
        }
        keys.See([key.Id]);
        audit.Write(caller.Name, "machine.ssh", machine.Spec.Name, key.Name);
        await SayAsync(line, new DoorAnswer(Argv: entry.Value), stop);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop, session.Ended);
        // It says nothing more: what is read is its end.
        await line.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, over.Token);
    }

    private string ListOf(Caller caller)
    {
        var machines = Running(caller);
        return $"{(machines.Length == 0 ? "No machine of yours runs." : $"Your machines that run: {string.Join(", ", machines)}")}\n\n{Usage}";
    }

    private string[] Running(Caller caller) => [.. fleet.List(caller).Where(machine => machine.State == MachineState.Running).Select(machine => machine.Spec.Name)];

    private async Task<DoorAnswer> KnownAsync(CancellationToken cancellationToken)
    {
        var view = await ways.ViewAsync(cancellationToken);
        return view.Ok ? new DoorAnswer(Text: $"@cert-authority *{view.Value.Suffix} {view.Value.Authority}\n") : new DoorAnswer(Fault: view.Fault.Message);
    }

    private static (string Word, string Others) Split(string command)
    {
        var words = command.TrimStart().Split((char[])[' ', '\t', '\n'], 2);
        return (words[0], words.Length > 1 ? words[1].TrimStart() : "");
    }

    private static async Task SayAsync(NetworkStream line, DoorAnswer answer, CancellationToken cancellationToken) =>
        await line.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(answer, DoorWords.Default.DoorAnswer), (byte)'\n'], cancellationToken);
}
