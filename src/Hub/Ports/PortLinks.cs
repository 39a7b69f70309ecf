using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Holdfast.Hub.Database;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Ports;

/// <summary>A link that opens one port of one machine for whoever has it, until it ends.</summary>
/// <param name="Id">Eight hexadecimal digits.</param>
/// <param name="Port">The port.</param>
/// <param name="Person">Who has made it.</param>
/// <param name="Created">When.</param>
/// <param name="Expires">When it ends.</param>
public sealed record PortLink(string Id, int Port, string Person, DateTimeOffset Created, DateTimeOffset Expires);

/// <summary>The links to ports. What is stored is the hash of their codes.</summary>
internal sealed class PortLinks(HubDatabase database, AuditLog audit, TimeProvider time)
{
    private const int MostOfAMachine = 100;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>Ends what is open by a link; only of links that something is open by.</summary>
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _open = new();

    /// <summary>Makes one; its code is shown this once.</summary>
    /// <param name="caller">Who.</param>
    /// <param name="machine">Whose port.</param>
    /// <param name="port">The port.</param>
    /// <param name="lifetime">How long it is good, a minute to 30 days.</param>
    public HubResult<(string Code, PortLink Link)> Make(Caller caller, MachineRecord machine, int port, TimeSpan lifetime)
    {
        if (!caller.MayWrite) return HubFault.OnlyReads;
        if (lifetime < TimeSpan.FromMinutes(1) || lifetime > Longest) return new HubFault("bad-request", "A link to a port is good for one minute to 30 days, as 2h.");
        var now = time.GetUtcNow();
        database.Execute("DELETE FROM port_links WHERE expires <= $now", ("$now", now.ToUnixTimeMilliseconds()));
        if (List(machine).Count >= MostOfAMachine) return new HubFault("conflict", string.Create(CultureInfo.InvariantCulture, $"{machine.Spec.Name} has {MostOfAMachine} links; mend: end one that is not used."));
        var code = Bearer.New();
        var link = new PortLink(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), port, caller.Name, now, now + lifetime);
        database.Execute("INSERT INTO port_links (hash, id, machine, port, person, created, expires) VALUES ($hash, $id, $machine, $port, $person, $created, $expires)",
            ("$hash", Bearer.Hash(code)), ("$id", link.Id), ("$machine", machine.Id), ("$port", port), ("$person", caller.Name), ("$created", now.ToUnixTimeMilliseconds()), ("$expires", link.Expires.ToUnixTimeMilliseconds()));
        audit.Write(caller.Name, "port.share", machine.Spec.Name, string.Create(CultureInfo.InvariantCulture, $"port {port} until {link.Expires:u}"));
        return (code, link);
    }

    /// <summary>The link of a code; null when it is none, has ended, or is of another machine or port.</summary>
    public PortLink? Find(string? code, MachineRecord machine, int port) => Bearer.Hash(code) is not { } hash ? null
        : Query("WHERE hash = $hash AND machine = $machine AND port = $port AND expires > $now", ("$hash", hash), ("$machine", machine.Id), ("$port", port), ("$now", time.GetUtcNow().ToUnixTimeMilliseconds())).SingleOrDefault();

    /// <summary>Those of a machine that have not ended, the next to end first.</summary>
    public IReadOnlyList<PortLink> List(MachineRecord machine) => Query("WHERE machine = $machine AND expires > $now ORDER BY expires, id", ("$machine", machine.Id), ("$now", time.GetUtcNow().ToUnixTimeMilliseconds()));

    /// <summary>Ends one, and what is open by it.</summary>
    public HubResult<bool> End(Caller caller, MachineRecord machine, string id)
    {
        if (!caller.MayWrite) return HubFault.OnlyReads;
        if (database.Execute("DELETE FROM port_links WHERE machine = $machine AND id = $id", ("$machine", machine.Id), ("$id", id)) == 0) return new HubFault("not-found", $"{machine.Spec.Name} has no link {id}; mend: 'holdfast port {machine.Spec.Name} --links' lists them.");
        if (_open.TryRemove(id, out var open)) open.Cancel();
        audit.Write(caller.Name, "port.unshare", machine.Spec.Name, id);
        return true;
    }

    /// <summary>Cancelled when a link is ended; its own end is <see cref="PortLink.Expires"/>.</summary>
    public CancellationToken Ended(PortLink link) => _open.GetOrAdd(link.Id, _ => new CancellationTokenSource()).Token;

    private IReadOnlyList<PortLink> Query(string rest, params (string, object?)[] values) => database.Query(
        $"SELECT id, port, person, created, expires FROM port_links {rest}", row => new PortLink(row.GetString(0), row.GetInt32(1), row.GetString(2), HubTime.Read(row, 3), HubTime.Read(row, 4)), values);
}
