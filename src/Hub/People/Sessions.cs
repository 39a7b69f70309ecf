using Holdfast.Hub.Database;

namespace Holdfast.Hub.People;

/// <summary>A session, as its person sees it.</summary>
/// <param name="Id">Names it; it opens nothing.</param>
/// <param name="About">The browser, as it calls itself.</param>
/// <param name="Created">When it was begun.</param>
/// <param name="Seen">When it was last used, to five minutes.</param>
/// <param name="Expires">When it ends at the latest.</param>
public sealed record Session(string Id, string About, DateTimeOffset Created, DateTimeOffset Seen, DateTimeOffset Expires);

/// <summary>Logins by browser. A session ends by itself after a week without use, and after a month.</summary>
internal sealed class Sessions(HubDatabase database, KnownLogins known, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);
    private static readonly TimeSpan Idle = TimeSpan.FromDays(7);
    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(5);
    private const int MostOfAPerson = 50;
    private const int LongestAbout = 200;

    /// <summary>Begins a session; what the cookie is to hold.</summary>
    public string Begin(string person, string about)
    {
        var cookie = Bearer.New();
        var now = time.GetUtcNow();
        database.Transact(() =>
        {
            database.Execute("DELETE FROM sessions WHERE expires <= $now OR seen <= $idle", ("$now", now.ToUnixTimeMilliseconds()), ("$idle", (now - Idle).ToUnixTimeMilliseconds()));
            return database.Execute("INSERT INTO sessions (hash, person, created, seen, expires, about) VALUES ($hash, $person, $now, $now, $expires, $about)",
                ("$hash", Bearer.Hash(cookie)), ("$person", person), ("$now", now.ToUnixTimeMilliseconds()), ("$expires", (now + Lifetime).ToUnixTimeMilliseconds()),
                ("$about", about.Length > LongestAbout ? about[..LongestAbout] : about));
        });
        foreach (var old in List(person).Skip(MostOfAPerson)) End(person, old.Id);
        return cookie;
    }

    /// <summary>The login of a cookie, or null; counts as a use.</summary>
    public Login? Find(string? cookie) => Bearer.Hash(cookie) is { } hash ? Find(hash) : null;

    /// <summary>The login of a session by the hash of its cookie, or null; counts as a use.</summary>
    public Login? Find(byte[] hash)
    {
        var login = known.Find(hash, () => database.Query(
            "SELECT person, role, seen, expires FROM sessions JOIN people ON name = person WHERE hash = $hash",
            row => new Login(new Caller(row.GetString(0), row.GetString(1) == Person.AdminRole), hash, isToken: false, HubTime.Read(row, 2), HubTime.Read(row, 3)),
            ("$hash", hash)).SingleOrDefault());
        var now = time.GetUtcNow();
        if (login is null || login.Ended.IsCancellationRequested || login.Expires <= now || login.Seen + Idle <= now) return null;
        if (login.Seen + SeenEvery <= now)
        {
            login.Seen = now;
            database.Execute("UPDATE sessions SET seen = $now WHERE hash = $hash", ("$now", now.ToUnixTimeMilliseconds()), ("$hash", hash));
        }
        return login;
    }

    /// <summary>A person's sessions, the one used last first.</summary>
    public IReadOnlyList<Session> List(string person) => database.Query(
        "SELECT hash, about, created, seen, expires FROM sessions WHERE person = $person AND expires > $now AND seen > $idle ORDER BY seen DESC, created DESC",
        row => new Session(IdOf((byte[])row[0]), row.GetString(1), HubTime.Read(row, 2), HubTime.Read(row, 3), HubTime.Read(row, 4)),
        ("$person", person), ("$now", time.GetUtcNow().ToUnixTimeMilliseconds()), ("$idle", (time.GetUtcNow() - Idle).ToUnixTimeMilliseconds()));

    /// <summary>Ends one of a person's sessions; no when there is none of that id.</summary>
    public bool End(string person, string id) => known.Change(
        () => database.Execute("DELETE FROM sessions WHERE person = $person AND hex(substr(hash, 1, 8)) = $id", ("$person", person), ("$id", id)) > 0,
        login => !login.IsToken && login.Caller.Name == person && IdOf(login.Hash) == id);

    /// <summary>Ends all of a person's sessions but one.</summary>
    /// <param name="person">Whose.</param>
    /// <param name="but">The hash of the one that stays; null for none.</param>
    public void EndAll(string person, byte[]? but = null) => known.Change(
        () => database.Execute("DELETE FROM sessions WHERE person = $person AND hash IS NOT $but", ("$person", person), ("$but", but)),
        login => !login.IsToken && login.Caller.Name == person && (but is null || !login.Hash.AsSpan().SequenceEqual(but)));

    public static string IdOf(byte[] hash) => Convert.ToHexString(hash.AsSpan(0, 8));
}
