using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Ssh;

/// <summary>The ways into machines by ssh.</summary>
internal sealed class SshWays(HubOptions options, Sshd sshd, SshKeys keys, SshSessions sessions, HostKeys hosts, AuditLog audit, ILogger<SshWays> log)
{
    /// <summary>What a computer needs to know.</summary>
    public async Task<HubResult<SshView>> ViewAsync(CancellationToken cancellationToken)
    {
        var authority = await hosts.AuthorityAsync(cancellationToken);
        return authority.Ok ? new SshView(Environment.UserName, HostKeys.Suffix, authority.Value, options.Settings.SshPort, options.Settings.Mosh) : authority.Fault;
    }

    /// <summary>Those of the caller's keys that may log in.</summary>
    /// <param name="caller">Who comes.</param>
    /// <param name="fingerprint">The one key; null for all.</param>
    public HubResult<IReadOnlyList<SshKey>> KeysOf(Caller caller, string? fingerprint)
    {
        SshKey[] own = [.. keys.List(caller.Name).Where(key => fingerprint is null || key.Fingerprint == fingerprint)];
        return own.Length > 0 ? own : fingerprint is null
            ? new HubFault("not-found", "You have no key for ssh; mend: holdfast key add ~/.ssh/id_ed25519.pub, or holdfast ssh config.")
            : new HubFault("not-found", $"The key {fingerprint} is not one of yours here, or was removed; mend: 'holdfast ssh config' adds that of this computer.");
    }

    /// <summary>Starts an sshd in a machine.</summary>
    /// <param name="caller">Who comes, and may.</param>
    /// <param name="machine">One of theirs, that runs.</param>
    /// <param name="allowed">The keys that may log in.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<SshConnection>> OpenAsync(Caller caller, MachineRecord machine, IReadOnlyList<SshKey> allowed, CancellationToken cancellationToken)
    {
        // Before anything is looked up again: a key that goes meanwhile ends it.
        var session = sessions.Begin(caller.Name, machine.Id, [.. allowed.Select(key => key.Id)]);
        SshdProcess? process = null;
        try
        {
            var started = await sshd.StartAsync(machine, allowed, cancellationToken);
            process = started.Value;
            if (started.Fault is { } fault) SshLog.NotOpened(log, machine.Spec.Name, fault.Message);
            if (process is null || allowed.Any(key => keys.Find(key.Id) is null)) return started.Fault ?? new HubFault("forbidden", "The key was removed.");
            keys.See(session.Keys);
            audit.Write(caller.Name, "machine.ssh", machine.Spec.Name, string.Join(", ", allowed.Select(key => key.Name)));
            var connection = new SshConnection(process, session);
            (process, session) = (null, null);
            return connection;
        }
        finally
        {
            // Not opened, for whatever reason, or given up meanwhile: it is no session that a machine is kept up by.
            process?.Dispose();
            session?.Dispose();
        }
    }
}

/// <summary>An sshd in a machine, with the session that counts for it.</summary>
internal sealed class SshConnection(SshdProcess sshd, SshSession session) : IDisposable
{
    /// <summary>Lets a client speak with it, until one of both ends, or it is not to go on.</summary>
    public async Task RunAsync(Stream client, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop, session.Ended);
        await BytePipe.RunAsync(client, client, sshd.Output, sshd.Input, over.Token);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        sshd.Dispose();
        session.Dispose();
    }
}
