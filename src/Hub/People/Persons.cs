using Holdfast.Hub.Database;
using Holdfast.Hub.Ssh;

namespace Holdfast.Hub.People;

/// <summary>The people of this hub.</summary>
internal sealed class Persons(HubDatabase database, Passwords passwords, Sessions sessions, SshSessions open, KnownLogins known, AuditLog audit, TimeProvider time)
{
    private const string Columns = "SELECT name, role, password IS NOT NULL, created FROM people";

    /// <summary>All, by name.</summary>
    public IReadOnlyList<Person> List() => database.Query($"{Columns} ORDER BY name", Read);

    public Person? Find(string name) => database.Query($"{Columns} WHERE name = $name", Read, ("$name", name)).SingleOrDefault();

    /// <summary>The first administrator; null when there is none yet.</summary>
    public Person? FirstAdmin() => database.Query($"{Columns} WHERE role = 'admin' ORDER BY created, name LIMIT 1", Read).SingleOrDefault();

    /// <summary>Adds somebody. Fault <c>exists</c> for a name that is taken.</summary>
    /// <param name="name">See <see cref="LoginName.Rule"/>.</param>
    /// <param name="isAdmin">Their role.</param>
    /// <param name="password">Null: they cannot log in by browser until a one-time link sets one.</param>
    public HubResult<Person> Add(string name, bool isAdmin, string? password)
    {
        if (!LoginName.IsValid(name)) return new HubFault("bad-request", LoginName.Rule);
        if (password is not null && Passwords.Problem(password) is { } problem) return new HubFault("bad-request", problem);
        var person = new Person(name, isAdmin, password is not null, time.GetUtcNow());
        var hash = password is null ? null : passwords.Hash(password);
        return database.Execute("INSERT INTO people (name, role, password, created) VALUES ($name, $role, $password, $created) ON CONFLICT DO NOTHING",
            ("$name", name), ("$role", person.Role), ("$password", hash), ("$created", person.Created.ToUnixTimeMilliseconds())) == 0
            ? new HubFault("exists", $"There is somebody named {name} already; mend: take another name.")
            : person;
    }

    /// <summary>Whether this is the password of somebody of that name; a hash of the past is made anew.</summary>
    public Person? Check(string name, string password)
    {
        var hash = database.Value("SELECT password FROM people WHERE name = $name", ("$name", name)) as string;
        var (isRight, isOld) = passwords.Check(hash, password);
        if (isOld && isRight) Store(name, password);
        return isRight ? Find(name) : null;
    }

    /// <summary>Sets a password, and ends all sessions but one.</summary>
    /// <param name="name">Whose.</param>
    /// <param name="password">The new one.</param>
    /// <param name="session">The hash of the session that stays; null for none.</param>
    public HubResult<Person> SetPassword(string name, string password, byte[]? session = null)
    {
        if (Passwords.Problem(password) is { } problem) return new HubFault("bad-request", problem);
        if (Store(name, password) == 0) return Nobody(name);
        sessions.EndAll(name, session);
        audit.Write(name, "person.password", name);
        return Find(name)!;
    }

    /// <summary>Makes somebody administrator or member. One administrator stays.</summary>
    public HubResult<Person> SetRole(Caller caller, string name, bool isAdmin)
    {
        if (!caller.IsAdmin) return NotYours;
        var fault = known.Change<HubFault?>(() => database.Transact<HubFault?>(() =>
        {
            if (Find(name) is not { } person) return Nobody(name);
            if (person.IsAdmin && !isAdmin && IsLastAdmin(name)) return LastAdmin(name);
            database.Execute("UPDATE people SET role = $role WHERE name = $name", ("$name", name), ("$role", isAdmin ? Person.AdminRole : Person.MemberRole));
            return null;
        }), login => login.Caller.Name == name);
        if (fault is not null) return fault;
        open.End(session => session.Person == name);
        audit.Write(caller.Name, "person.role", name, isAdmin ? Person.AdminRole : Person.MemberRole);
        return Find(name)!;
    }

    /// <summary>Removes somebody with their sessions, tokens and secrets; their home stays. Fault <c>conflict</c> while they own machines.</summary>
    public HubResult<bool> Remove(Caller caller, string name)
    {
        if (!caller.IsAdmin) return NotYours;
        var fault = known.Change<HubFault?>(() => database.Transact<HubFault?>(() =>
        {
            if (Find(name) is not { } person) return Nobody(name);
            if (person.IsAdmin && IsLastAdmin(name)) return LastAdmin(name);
            var machines = database.Query("SELECT name FROM machines WHERE owner = $name ORDER BY name", row => row.GetString(0), ("$name", name));
            if (machines.Count > 0) return new HubFault("conflict", $"{name} owns machines: {string.Join(", ", machines)}; mend: delete them first.");
            database.Execute("DELETE FROM people WHERE name = $name", ("$name", name));
            return null;
        }), login => login.Caller.Name == name);
        if (fault is not null) return fault;
        open.End(session => session.Person == name);
        audit.Write(caller.Name, "person.remove", name);
        return true;
    }

    private int Store(string name, string password) => database.Execute("UPDATE people SET password = $password WHERE name = $name", ("$name", name), ("$password", passwords.Hash(password)));

    private bool IsLastAdmin(string name) => database.Value("SELECT 1 FROM people WHERE role = 'admin' AND name <> $name LIMIT 1", ("$name", name)) is null;

    internal static HubFault NotYours { get; } = new("forbidden", "Only administrators may do that.");

    private static HubFault Nobody(string name) => new("not-found", $"There is nobody named {name}.");

    private static HubFault LastAdmin(string name) => new("conflict", $"{name} is the last administrator; mend: make somebody else one first.");

    private static Person Read(Microsoft.Data.Sqlite.SqliteDataReader row) => new(row.GetString(0), row.GetString(1) == Person.AdminRole, row.GetBoolean(2), HubTime.Read(row, 3));
}
