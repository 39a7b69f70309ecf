using System.Globalization;
using System.Security.Cryptography;
using Holdfast.Hub.Database;
using Holdfast.Hub.People;
using Microsoft.Data.Sqlite;

namespace Holdfast.Hub.Ssh;

/// <summary>A public key with which its person logs in by ssh.</summary>
/// <param name="Id">Eight hexadecimal digits.</param>
/// <param name="Person">Whose.</param>
/// <param name="Name">What its person calls it.</param>
/// <param name="Type">As <c>ssh-ed25519</c>.</param>
/// <param name="Key">The key in base64, as in a <c>.pub</c> file.</param>
/// <param name="Fingerprint">As <c>ssh-keygen -l</c> says it.</param>
/// <param name="Created">When it was added.</param>
/// <param name="Seen">When somebody last came in with it; null for never.</param>
public sealed record SshKey(string Id, string Person, string Name, string Type, string Key, string Fingerprint, DateTimeOffset Created, DateTimeOffset? Seen);

/// <summary>The keys of all people. One that is removed opens nothing any more, and what is open by it ends.</summary>
internal sealed class SshKeys(HubDatabase database, SshSessions sessions, AuditLog audit, TimeProvider time)
{
    private const int MostOfAPerson = 100, LongestName = 80;
    private const string Columns = "SELECT id, person, name, type, key, fingerprint, created, seen FROM ssh_keys";

    /// <summary>Raised after each change.</summary>
    public event Action? Changed;

    /// <summary>Adds a key of the caller's. One that they have already is that one.</summary>
    /// <param name="caller">Whose.</param>
    /// <param name="text">The line of a <c>.pub</c> file.</param>
    /// <param name="name">What they call it, at most 80 characters; null for its comment.</param>
    public HubResult<SshKey> Add(Caller caller, string text, string? name)
    {
        if (!caller.MayWrite) return HubFault.OnlyReads;
        var read = PublicKeyText.Read(text);
        if (!read.Ok) return read.Fault;
        var called = (name ?? read.Value.Comment).Trim() is { Length: > 0 } said ? said : read.Value.Fingerprint[7..19];
        if (called.Length > LongestName && name is null) called = called[..LongestName];
        if (called.Length > LongestName || called.Any(char.IsControl)) return new HubFault("bad-request", $"The name of a key has at most {LongestName} characters, and no control characters.");
        var key = new SshKey(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), caller.Name, called, read.Value.Type, read.Value.Key, read.Value.Fingerprint, time.GetUtcNow(), null);
        var added = database.Transact<HubResult<SshKey>>(() =>
        {
            if (Query("WHERE fingerprint = $fingerprint", ("$fingerprint", key.Fingerprint)).SingleOrDefault() is { } known)
            {
                return known.Person == caller.Name ? known
                    : new HubFault("exists", "Somebody else of this hub has this key, and a key says who comes; mend: make one of your own: ssh-keygen -t ed25519.");
            }
            if (List(caller.Name).Count >= MostOfAPerson) return new HubFault("conflict", string.Create(CultureInfo.InvariantCulture, $"You have {MostOfAPerson} keys; mend: remove one that is not used."));
            database.Execute("INSERT INTO ssh_keys (id, person, name, type, key, fingerprint, created) VALUES ($id, $person, $name, $type, $key, $fingerprint, $created)",
                ("$id", key.Id), ("$person", key.Person), ("$name", key.Name), ("$type", key.Type), ("$key", key.Key), ("$fingerprint", key.Fingerprint), ("$created", key.Created.ToUnixTimeMilliseconds()));
            return key;
        });
        if (added.Ok && added.Value.Id == key.Id)
        {
            audit.Write(caller.Name, "key.add", key.Id, $"{key.Name}, {key.Fingerprint}");
            Changed?.Invoke();
        }
        return added;
    }

    /// <summary>A person's keys, the newest first.</summary>
    public IReadOnlyList<SshKey> List(string person) => Query("WHERE person = $person ORDER BY created DESC, id", ("$person", person));

    /// <summary>Everybody's.</summary>
    public IReadOnlyList<SshKey> All() => Query("ORDER BY person, id");

    /// <summary>The key of an id; null for none.</summary>
    public SshKey? Find(string id) => Query("WHERE id = $id", ("$id", id)).SingleOrDefault();

    /// <summary>Somebody has come in with them.</summary>
    public void See(IEnumerable<string> ids)
    {
        foreach (var id in ids) database.Execute("UPDATE ssh_keys SET seen = $now WHERE id = $id", ("$now", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$id", id));
    }

    /// <summary>Removes one of the caller's keys, and ends what is open by it.</summary>
    /// <param name="caller">Whose.</param>
    /// <param name="named">Its id, its fingerprint, or its name when no other has that.</param>
    public HubResult<bool> Remove(Caller caller, string named)
    {
        if (!caller.MayWrite) return HubFault.OnlyReads;
        var (own, key) = (List(caller.Name), (SshKey?)null);
        key = own.FirstOrDefault(each => each.Id == named || each.Fingerprint == named);
        if (key is null && own.Where(each => each.Name == named).ToArray() is { Length: > 0 } called)
        {
            if (called.Length > 1) return new HubFault("conflict", $"You have {called.Length} keys named '{named}'; mend: name it by its id: {string.Join(", ", called.Select(each => each.Id))}.");
            key = called[0];
        }
        if (key is null) return new HubFault("not-found", $"You have no key '{named}'; mend: 'holdfast key ls' lists them.");
        database.Execute("DELETE FROM ssh_keys WHERE id = $id", ("$id", key.Id));
        // After the deletion: what is opened from now on does not find it any more.
        sessions.End(session => session.Keys.Contains(key.Id));
        audit.Write(caller.Name, "key.remove", key.Id, $"{key.Name}, {key.Fingerprint}");
        Changed?.Invoke();
        return true;
    }

    private IReadOnlyList<SshKey> Query(string rest, params (string, object?)[] values) => database.Query($"{Columns} {rest}", Read, values);

    private static SshKey Read(SqliteDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), HubTime.Read(row, 6), HubTime.ReadOptional(row, 7));
}
