using Holdfast.Hub.Database;

namespace Holdfast.Hub.Mosh;

/// <summary>A session, as the hub finds it again. What encrypts it is known to client and server alone.</summary>
/// <param name="Port">The public UDP port.</param>
/// <param name="Machine">The machine's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Run">The run of it that the server is in.</param>
/// <param name="Server">The server's UDP port, on loopback inside.</param>
/// <param name="Person">Who has opened it.</param>
/// <param name="Keys">The ids of the ssh keys that it ends with.</param>
/// <param name="Login">The hash of the token that it ends with; null for none.</param>
internal sealed record MoshRecord(int Port, string Machine, string Name, int Run, int Server, string Person, IReadOnlyList<string> Keys, byte[]? Login);

/// <summary>The sessions that are open.</summary>
internal sealed class MoshStore(HubDatabase database)
{
    public void Add(MoshRecord record) => database.Execute("INSERT INTO mosh_sessions (port, machine, run, server, person, keys, login) VALUES ($port, $machine, $run, $server, $person, $keys, $login)",
        ("$port", record.Port), ("$machine", record.Machine), ("$run", record.Run), ("$server", record.Server), ("$person", record.Person), ("$keys", string.Join(' ', record.Keys)), ("$login", record.Login));

    public void Remove(int port) => database.Execute("DELETE FROM mosh_sessions WHERE port = $port", ("$port", port));

    public IReadOnlyList<MoshRecord> All() => database.Query("SELECT port, machine, name, run, server, person, keys, login FROM mosh_sessions JOIN machines ON id = machine ORDER BY port",
        row => new MoshRecord(row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4), row.GetString(5), row.GetString(6).Split(' ', StringSplitOptions.RemoveEmptyEntries), row.IsDBNull(7) ? null : (byte[])row.GetValue(7)));
}
