using System.Security.Cryptography;
using Holdfast.Hub.Database;

namespace Holdfast.Hub.People;

/// <summary>An API token, as its person sees it.</summary>
/// <param name="Id">Names it; it opens nothing.</param>
/// <param name="Name">What its person calls it.</param>
/// <param name="Scope"><c>all</c> or <c>read</c>.</param>
/// <param name="Created">When it was made.</param>
/// <param name="Seen">When it was last used, to five minutes; null for never.</param>
/// <param name="Expires">When it ends; null for never.</param>
public sealed record Token(string Id, string Name, string Scope, DateTimeOffset Created, DateTimeOffset? Seen, DateTimeOffset? Expires);

/// <summary>API tokens. One is shown when it is made and never again.</summary>
internal sealed class Tokens(HubDatabase database, KnownLogins known, AuditLog audit, TimeProvider time)
{
    /// <summary>Everything that its person may do.</summary>
    public const string All = "all";

    /// <summary>Looking only.</summary>
    public const string ReadOnly = "read";

    private static readonly TimeSpan SeenEvery = TimeSpan.FromMinutes(5);
    private const int MostOfAPerson = 100;
    private const int LongestName = 80;

    /// <summary>Makes a token of the caller's; the text to show, once.</summary>
    /// <param name="caller">Whose.</param>
    /// <param name="name">What they call it, 1 to 80 characters.</param>
    /// <param name="scope"><see cref="All"/> or <see cref="ReadOnly"/>.</param>
    /// <param name="lifetime">Ends so long from now; null for never.</param>
    public HubResult<(string Shown, Token Token)> Create(Caller caller, string name, string scope, TimeSpan? lifetime)
    {
        if (name.Trim() is not { Length: > 0 and <= LongestName }) return new HubFault("bad-request", "A token needs a name of at most 80 characters, so that you know it again.");
        if (scope is not All and not ReadOnly) return new HubFault("bad-request", "The scope of a token is all or read.");
        if (lifetime is { } length && (length <= TimeSpan.Zero || length > TimeSpan.FromDays(3660))) return new HubFault("bad-request", "A token can be made for up to ten years; without an end it is good until it is revoked.");
        if (!caller.MayWrite) return new HubFault("forbidden", "A token that only reads cannot make another one.");
        var list = List(caller.Name);
        if (list.Count >= MostOfAPerson) return new HubFault("conflict", "You have 100 tokens; mend: revoke one that is not used.");

        var now = time.GetUtcNow();
        var shown = Bearer.New(Bearer.TokenPrefix);
        var token = new Token(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), name.Trim(), scope, now, null, now + lifetime);
        database.Execute("INSERT INTO tokens (hash, id, person, name, scope, created, expires) VALUES ($hash, $id, $person, $name, $scope, $created, $expires)",
            ("$hash", Bearer.Hash(shown)), ("$id", token.Id), ("$person", caller.Name), ("$name", token.Name), ("$scope", scope),
            ("$created", now.ToUnixTimeMilliseconds()), ("$expires", token.Expires?.ToUnixTimeMilliseconds()));
        audit.Write(caller.Name, "token.create", token.Id, $"{token.Name}, {scope}");
        return (shown, token);
    }

    /// <summary>The login of a token, or null; counts as a use.</summary>
    public Login? Find(string shown) => Bearer.Hash(shown) is { } hash ? Find(hash) : null;

    /// <summary>The login of the token that has this hash, or null.</summary>
    public Login? Find(byte[] hash)
    {
        var login = known.Find(hash, () => database.Query(
            "SELECT person, role, scope, tokens.seen, expires FROM tokens JOIN people ON people.name = person WHERE hash = $hash",
            row => new Login(new Caller(row.GetString(0), row.GetString(1) == Person.AdminRole, row.GetString(2) == All), hash, isToken: true, HubTime.ReadOptional(row, 3) ?? DateTimeOffset.MinValue, HubTime.ReadOptional(row, 4)),
            ("$hash", hash)).SingleOrDefault());
        var now = time.GetUtcNow();
        if (login is null || login.Ended.IsCancellationRequested || login.Expires <= now) return null;
        if (login.Seen <= now - SeenEvery)
        {
            login.Seen = now;
            database.Execute("UPDATE tokens SET seen = $now WHERE hash = $hash", ("$now", now.ToUnixTimeMilliseconds()), ("$hash", hash));
        }
        return login;
    }

    /// <summary>A person's tokens, the newest first; those that have ended are there too.</summary>
    public IReadOnlyList<Token> List(string person) => database.Query(
        "SELECT id, name, scope, created, seen, expires FROM tokens WHERE person = $person ORDER BY created DESC, id",
        row => new Token(row.GetString(0), row.GetString(1), row.GetString(2), HubTime.Read(row, 3), HubTime.ReadOptional(row, 4), HubTime.ReadOptional(row, 5)),
        ("$person", person));

    /// <summary>Revokes one of the caller's tokens, at once.</summary>
    public HubResult<bool> Revoke(Caller caller, string id)
    {
        var hash = database.Value("SELECT hash FROM tokens WHERE person = $person AND id = $id", ("$person", caller.Name), ("$id", id)) as byte[];
        if (hash is null) return new HubFault("not-found", $"You have no token {id}; holdfast token ls lists them.");
        known.Change(() => database.Execute("DELETE FROM tokens WHERE hash = $hash", ("$hash", hash)), login => login.Hash.AsSpan().SequenceEqual(hash));
        audit.Write(caller.Name, "token.revoke", id);
        return true;
    }
}
