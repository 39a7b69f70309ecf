using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Ports;
using Holdfast.Hub.Ssh;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Mosh;

/// <summary>
/// The sessions of mosh: a UDP port each, open until the server inside has ended, the machine has stopped, or what has opened it is no longer good. A hub that is started anew opens the ports again of those
/// that go on.
/// </summary>
internal sealed class MoshSessions(
    HubOptions options, MoshStore store, Fleet fleet, MachinePorts ports, SshKeys keys, SshSessions sessions, Logins logins, Persons persons, AuditLog audit, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<MoshSessions> log) : IHostedService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    /// <summary>Where the hub has no ports for it.</summary>
    public static readonly HubFault Off = new("unavailable", MoshServer.NoRange);

    private readonly ConcurrentDictionary<int, Task> _running = new();
    private readonly Lock _turn = new();

    /// <summary>Opens a port.</summary>
    /// <param name="person">Who may enter the machine.</param>
    /// <param name="machine">One that runs.</param>
    /// <param name="server">The UDP port of a mosh-server there.</param>
    /// <param name="by">The keys that it ends with.</param>
    /// <param name="login">The login that it ends with; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The port. Fault <c>no-capacity</c> when all are in use.</returns>
    public async Task<HubResult<int>> OpenAsync(string person, MachineRecord machine, int server, IReadOnlyList<SshKey> by, Login? login, CancellationToken cancellationToken)
    {
        if (options.Settings.Mosh is not { } range) return Off;
        var line = await ports.ConnectMoshAsync(machine, server, cancellationToken);
        if (!line.Ok) return line.Fault;
        HubResult<MoshSession> begun;
        lock (_turn)
        {
            // Who asks again, because the answer was lost, gets the same one: no server has two.
            if (store.All().FirstOrDefault(each => each.Machine == machine.Id && each.Run == machine.Run && each.Server == server) is { } already)
            {
                line.Value.Dispose();
                return already.Person == person ? already.Port : new HubFault("conflict", $"That mosh-server is {already.Person}'s.");
            }
            begun = Begin(range, person, machine, server, by, login);
            if (begun.Ok) store.Add(begun.Value.Record);
        }
        if (!begun.Ok)
        {
            line.Value.Dispose();
            return begun.Fault;
        }
        audit.Write(person, "machine.mosh", machine.Spec.Name, string.Join(", ", by.Select(key => key.Name)));
        Run(begun.Value, line.Value, login);
        return begun.Value.Record.Port;
    }

    private HubResult<MoshSession> Begin(MoshRange range, string person, MachineRecord machine, int server, IReadOnlyList<SshKey> by, Login? login)
    {
        try
        {
            if (range.Take() is not { } udp) return new HubFault("no-capacity", $"All UDP ports that this hub has for mosh ({range.Ports}) are in use; mend: end a session, or a wider range in its hub.yaml (mosh.ports), and in the firewall.");
            var session = Session(new MoshRecord(((IPEndPoint)udp.LocalEndPoint!).Port, machine.Id, machine.Spec.Name, machine.Run, server, person, [.. by.Select(key => key.Id)], login?.Hash), udp);
            if (by.All(key => keys.Find(key.Id) is not null) && login?.Ended.IsCancellationRequested != true) return session;
            session.Dispose();
            return new HubFault("forbidden", "What has opened it was removed.");
        }
        catch (SocketException fault)
        {
            return new HubFault("unavailable", $"UDP ports of {range.Ip} cannot be opened: {fault.Message}; mend: mosh.ip and mosh.ports in the hub's hub.yaml.");
        }
    }

    /// <inheritdoc />
    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var record in store.All())
        {
            var login = record.Login is { } hash ? logins.ByHash(hash) : null;
            var isGood = persons.Find(record.Person) is not null && record.Keys.All(key => keys.Find(key) is not null) && (record.Login is null || login is not null) && Machine(record) is not null;
            if (isGood && Again(record.Port) is { } udp) Run(Session(record, udp), null, login);
            else store.Remove(record.Port);
        }
        return Task.CompletedTask;
    }

    private Socket? Again(int port)
    {
        try
        {
            return options.Settings.Mosh?.Take(port);
        }
        catch (SocketException)
        {
            // The address of before is none any more.
            return null;
        }
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_running.Values).WaitAsync(cancellationToken);

    private MoshSession Session(MoshRecord record, Socket udp)
    {
        var relay = new MoshRelay(udp, token => Machine(record) is { } machine ? ports.ConnectMoshAsync(machine, record.Server, token) : Task.FromResult<HubResult<Socket>>(new HubFault("not-found", "It has stopped.")), time);
        return new MoshSession(record, udp, relay, sessions.Begin(record.Person, record.Machine, record.Keys, () => relay.LastAtWork));
    }

    private void Run(MoshSession session, Socket? line, Login? login)
    {
        MoshLog.Opened(log, session.Record.Person, session.Record.Name, session.Record.Port);
        // The next one to take this port waits for it to be closed, and takes this entry over.
        _running[session.Record.Port] = RunAsync(session, line, login);
    }

    private async Task RunAsync(MoshSession session, Socket? line, Login? login)
    {
        // Its port is free only when nothing tells of it any more.
        using var opened = session;
        var reason = "its key or login was removed";
        try
        {
            using var also = CancellationTokenSource.CreateLinkedTokenSource(session.Ended, lifetime.ApplicationStopping);
            using var over = login?.While(time, also.Token) ?? also;
            var (relaying, watching) = (session.Relay.RunAsync(over.Token), WatchAsync(session.Record, line, over.Token));
            await Task.WhenAny(relaying, watching);
            await over.CancelAsync();
            await relaying;
            reason = await watching ?? reason;
        }
        catch (Exception fault)
        {
            MoshLog.Unforeseen(log, fault, session.Record.Port);
        }
        if (lifetime.ApplicationStopping.IsCancellationRequested) return;
        store.Remove(session.Record.Port);
        MoshLog.Closed(log, session.Record.Person, session.Record.Name, session.Record.Port, reason);
    }

    /// <summary>Waits until the server or the machine has ended; why that was, null when it was cancelled.</summary>
    private async Task<string?> WatchAsync(MoshRecord record, Socket? line, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using (line)
                {
                    // Nobody speaks by this one: it ends with the server, or with the machine's lab.
                    if (line is not null) await line.ReceiveAsync(new byte[1], cancellationToken);
                }
                line = null;
                if (Machine(record) is not { } machine) return "the machine has stopped";
                var again = await ports.ConnectMoshAsync(machine, record.Server, cancellationToken);
                if (again.Fault?.Code == "not-found") return "mosh-server has ended";
                line = again.Value;
                if (line is null) await Task.Delay(Pause, time, cancellationToken);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException)
        {
            return cancellationToken.IsCancellationRequested ? null : "the way to the machine is broken";
        }
    }

    /// <summary>The machine, as long as that run of it goes on.</summary>
    private MachineRecord? Machine(MoshRecord record) =>
        fleet.Find(record.Name) is { } machine && machine.Id == record.Machine && machine.Run == record.Run && machine.State != MachineState.Stopping && !MachineRules.IsAtRest(machine.State) ? machine : null;
}

/// <summary>One session, from its port being taken to its port being closed.</summary>
internal sealed class MoshSession(MoshRecord record, Socket udp, MoshRelay relay, SshSession session) : IDisposable
{
    public MoshRecord Record => record;

    public MoshRelay Relay => relay;

    public CancellationToken Ended => session.Ended;

    /// <inheritdoc />
    public void Dispose()
    {
        udp.Dispose();
        session.Dispose();
    }
}
