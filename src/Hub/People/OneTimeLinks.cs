using Holdfast.Hub.Database;

namespace Holdfast.Hub.People;

/// <summary>What a one-time link is for.</summary>
/// <param name="Kind"><see cref="OneTimeLinks.Setup"/>, <c>admin</c> or <c>member</c>.</param>
/// <param name="Person">Whose password it sets, or the name of who is invited; null when they choose it.</param>
/// <param name="Expires">When it ends unused.</param>
internal sealed record OneTimeLink(string Kind, string? Person, DateTimeOffset Expires);

/// <summary>An invitation that was not used yet. The link itself is not known any more.</summary>
/// <param name="Id">Names it; it opens nothing.</param>
/// <param name="Person">Whose password it sets, or the name of who is invited; null when they choose it.</param>
/// <param name="Role">Of who is new.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Expires">When it ends unused.</param>
public sealed record Invitation(string Id, string? Person, string Role, DateTimeOffset Created, DateTimeOffset Expires);

/// <summary>Links that make a person or set a password, once: the first administrator's, invitations, forgotten passwords.</summary>
internal sealed class OneTimeLinks(HubDatabase database, Persons persons, Sessions sessions, Passwords passwords, AuditLog audit, TimeProvider time)
{
    /// <summary>The kind of the link for the first administrator.</summary>
    public const string Setup = "setup";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3);

    /// <summary>Makes a link that invites somebody, or sets the password of somebody who is there; the path of its page. Works once, for three days.</summary>
    /// <param name="caller">An administrator.</param>
    /// <param name="person">Whom; null when they are to choose a name.</param>
    /// <param name="isAdmin">The role of who is new.</param>
    public HubResult<string> Invite(Caller caller, string? person, bool isAdmin)
    {
        if (!caller.IsAdmin) return Persons.NotYours;
        if (person is not null && !LoginName.IsValid(person)) return new HubFault("bad-request", LoginName.Rule);
        var kind = isAdmin ? Person.AdminRole : Person.MemberRole;
        var code = New(kind, person);
        audit.Write(caller.Name, "person.invite", person, kind);
        return $"/invite?code={code}";
    }

    /// <summary>The invitations that are good still, the newest first. Fault for who is no administrator.</summary>
    public HubResult<IReadOnlyList<Invitation>> Invitations(Caller caller) => !caller.IsAdmin ? Persons.NotYours : new HubResult<IReadOnlyList<Invitation>>(database.Query(
        "SELECT hash, person, role, created, expires FROM links WHERE role <> $setup AND expires > $now ORDER BY created DESC, hash",
        row => new Invitation(Sessions.IdOf((byte[])row[0]), row.IsDBNull(1) ? null : row.GetString(1), row.GetString(2), HubTime.Read(row, 3), HubTime.Read(row, 4)),
        ("$setup", Setup), ("$now", time.GetUtcNow().ToUnixTimeMilliseconds())), null);

    /// <summary>Makes an invitation void, at once.</summary>
    public HubResult<bool> Withdraw(Caller caller, string id)
    {
        if (!caller.IsAdmin) return Persons.NotYours;
        if (Invitations(caller).Value!.FirstOrDefault(invitation => invitation.Id == id) is not { } found) return new HubFault("not-found", $"There is no invitation {id}; holdfast people invitations lists them.");
        database.Execute("DELETE FROM links WHERE role <> $setup AND hex(substr(hash, 1, 8)) = $id", ("$setup", Setup), ("$id", id));
        audit.Write(caller.Name, "person.withdraw", found.Person, found.Role);
        return true;
    }

    /// <summary>Makes the link for the first administrator; one of before is void.</summary>
    public string NewSetup() => database.Transact(() =>
    {
        database.Execute("DELETE FROM links WHERE role = $setup", ("$setup", Setup));
        return New(Setup, null);
    });

    /// <summary>What a code is for; null when it is none, was used, or has ended.</summary>
    public OneTimeLink? Find(string? code) => Bearer.Hash(code) is { } hash
        ? database.Query("SELECT role, person, expires FROM links WHERE hash = $hash AND expires > $now",
            row => new OneTimeLink(row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), HubTime.Read(row, 2)),
            ("$hash", hash), ("$now", time.GetUtcNow().ToUnixTimeMilliseconds())).SingleOrDefault()
        : null;

    /// <summary>Uses a link: who has it now has that name and password. A refused name or password leaves it as it was.</summary>
    public HubResult<Person> Use(string code, string name, string password)
    {
        if (Passwords.Problem(password) is { } problem) return new HubFault("bad-request", problem);
        if (!LoginName.IsValid(name)) return new HubFault("bad-request", LoginName.Rule);
        var result = database.Transact<HubResult<Person>>(() =>
        {
            if (Find(code) is not { } link) return new HubFault("not-found", "This link was used, or has ended; mend: ask for a new one.");
            if (link.Kind == Setup && persons.List().Any(person => person.IsAdmin && person.HasPassword)) return new HubFault("conflict", "This hub has an administrator already; mend: log in, or ask for an invitation.");
            // The one who owns the data folder may have been made before the first administrator has set a password.
            var of = link.Kind == Setup ? persons.FirstAdmin()?.Name ?? name : link.Person ?? name;
            var known = persons.Find(of);
            if (known is not null && link.Kind != Setup && link.Person is null) return new HubFault("exists", $"There is somebody named {name} already; mend: take another name.");
            var person = known is null ? persons.Add(of, link.Kind is Setup or Person.AdminRole, password) : Set(known, password);
            if (person.Ok) database.Execute("DELETE FROM links WHERE hash = $hash OR role = $used", ("$hash", Bearer.Hash(code)), ("$used", link.Kind == Setup ? Setup : null));
            return person;
        });
        if (result.Ok)
        {
            sessions.EndAll(result.Value.Name);
            audit.Write(result.Value.Name, "person.link", result.Value.Name, result.Value.Role);
        }
        return result;
    }

    private HubResult<Person> Set(Person person, string password)
    {
        database.Execute("UPDATE people SET password = $password WHERE name = $name", ("$name", person.Name), ("$password", passwords.Hash(password)));
        return person with { HasPassword = true };
    }

    private string New(string kind, string? person)
    {
        var code = Bearer.New();
        var now = time.GetUtcNow();
        database.Execute("DELETE FROM links WHERE expires <= $now", ("$now", now.ToUnixTimeMilliseconds()));
        database.Execute("INSERT INTO links (hash, person, role, created, expires) VALUES ($hash, $person, $role, $now, $expires)",
            ("$hash", Bearer.Hash(code)), ("$person", person), ("$role", kind), ("$now", now.ToUnixTimeMilliseconds()), ("$expires", (now + Lifetime).ToUnixTimeMilliseconds()));
        return code;
    }
}
