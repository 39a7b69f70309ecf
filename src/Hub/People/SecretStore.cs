using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Holdfast.Hub.Database;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.People;

/// <summary>A secret, without its value.</summary>
/// <param name="Name">The variable that machines get it in.</param>
/// <param name="Changed">When it was set.</param>
public sealed record Secret(string Name, DateTimeOffset Changed);

/// <summary>
/// People's secrets, encrypted at rest with AES-256-GCM: nonce, tag, text. Person and name are authenticated with it, so that no row can be put in the place of another.
/// </summary>
internal sealed partial class SecretStore(HubDatabase database, HubKey key, AuditLog audit, TimeProvider time, ILogger<SecretStore> log)
{
    private const int MostBytes = 64 * 1024;
    private const int MostOfAPerson = 200;
    private static readonly int NonceSize = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagSize = AesGcm.TagByteSizes.MaxSize;

    private readonly byte[] _key = key.For("secrets"u8);

    /// <summary>The names of a person's secrets, by name.</summary>
    public IReadOnlyList<Secret> List(string person) => database.Query(
        "SELECT name, changed FROM secrets WHERE person = $person ORDER BY name", row => new Secret(row.GetString(0), HubTime.Read(row, 1)), ("$person", person));

    /// <summary>The value of a person's secret; null when there is none of that name, or it was encrypted with another key.</summary>
    public string? Read(string person, string name)
    {
        if (database.Value("SELECT value FROM secrets WHERE person = $person AND name = $name", ("$person", person), ("$name", name)) is not byte[] stored) return null;
        try
        {
            using var cipher = new AesGcm(_key, TagSize);
            var text = new byte[stored.Length - NonceSize - TagSize];
            cipher.Decrypt(stored.AsSpan(0, NonceSize), stored.AsSpan(NonceSize + TagSize), stored.AsSpan(NonceSize, TagSize), text, Place(person, name));
            return Encoding.UTF8.GetString(text);
        }
        catch (Exception fault) when (fault is CryptographicException or OverflowException or ArgumentOutOfRangeException)
        {
            PeopleLog.SecretUnreadable(log, name, person);
            return null;
        }
    }

    /// <summary>Sets a secret of the caller's.</summary>
    /// <param name="caller">Whose.</param>
    /// <param name="name">A name of a variable: letters, digits and <c>_</c>, not beginning with a digit.</param>
    /// <param name="value">At most 64 KiB, without NUL.</param>
    public HubResult<Secret> Set(Caller caller, string name, string value)
    {
        if (!Variable().IsMatch(name)) return new HubFault("bad-request", "The name of a secret has letters, digits and _, does not begin with a digit, and at most 100 characters.");
        var text = Encoding.UTF8.GetBytes(value);
        if (text.Length is 0 or > MostBytes || value.Contains('\0', StringComparison.Ordinal)) return new HubFault("bad-request", "A secret has 1 byte to 64 KiB, and no NUL.");
        if (List(caller.Name) is var list && list.Count >= MostOfAPerson && list.All(secret => secret.Name != name)) return new HubFault("conflict", "You have 200 secrets; mend: remove one that is not used.");

        var stored = new byte[NonceSize + TagSize + text.Length];
        RandomNumberGenerator.Fill(stored.AsSpan(0, NonceSize));
        using (var cipher = new AesGcm(_key, TagSize))
            cipher.Encrypt(stored.AsSpan(0, NonceSize), text, stored.AsSpan(NonceSize + TagSize), stored.AsSpan(NonceSize, TagSize), Place(caller.Name, name));
        var changed = time.GetUtcNow();
        database.Execute("INSERT INTO secrets (person, name, value, changed) VALUES ($person, $name, $value, $changed) ON CONFLICT DO UPDATE SET value = $value, changed = $changed",
            ("$person", caller.Name), ("$name", name), ("$value", stored), ("$changed", changed.ToUnixTimeMilliseconds()));
        audit.Write(caller.Name, "secret.set", name);
        return new Secret(name, changed);
    }

    /// <summary>Removes a secret of the caller's.</summary>
    public HubResult<bool> Remove(Caller caller, string name)
    {
        if (database.Execute("DELETE FROM secrets WHERE person = $person AND name = $name", ("$person", caller.Name), ("$name", name)) == 0)
            return new HubFault("not-found", $"You have no secret {name}; holdfast secret ls lists them.");
        audit.Write(caller.Name, "secret.remove", name);
        return true;
    }

    private static byte[] Place(string person, string name) => Encoding.UTF8.GetBytes($"{person}\n{name}");

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]{0,99}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();
}
