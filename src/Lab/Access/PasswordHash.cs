using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Lab.Access;

/// <summary>
/// Hashes of passwords, as text: <c>pbkdf2:sha256:ROUNDS:SALT:HASH</c>, salt and hash in base64. Also checks those that Jupyter writes
/// (<see cref="Argon2"/>) and wrote before (<c>sha1:SALT:HEX</c>, <c>sha256:SALT:HEX</c>, <c>sha512:SALT:HEX</c>).
/// </summary>
public static class PasswordHash
{
    /// <summary>The longest password, in characters. A longer one is refused before it is hashed.</summary>
    public const int LongestPassword = 1024;

    private const int Rounds = 600_000;
    private const int MostRounds = 10_000_000;
    private const string Scheme = "pbkdf2:sha256";

    /// <summary>Hashes a password of at most <see cref="LongestPassword"/> characters with a new salt; takes a fraction of a second on purpose.</summary>
    /// <exception cref="ArgumentException">The password is empty or too long.</exception>
    public static string Create(string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(password);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(password.Length, LongestPassword);
        var salt = RandomNumberGenerator.GetBytes(16);
        var hash = Rfc2898DeriveBytes.Pbkdf2(password, salt, Rounds, HashAlgorithmName.SHA256, 32);
        return $"{Scheme}:{Rounds.ToString(CultureInfo.InvariantCulture)}:{Convert.ToBase64String(salt)}:{Convert.ToBase64String(hash)}";
    }

    /// <summary>What is wrong with a hash that somebody configured, and the mend; null when it can be checked.</summary>
    public static string? Problem(string hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        if (hash.StartsWith(Argon2.Prefix, StringComparison.Ordinal))
            return Argon2.Problem(hash);
        return Parse(hash) is null ? "The password's hash is not understood; mend: `holdfast lab password` sets it again." : null;
    }

    /// <summary>Whether the password is the one that was hashed. False for a hash that is not understood.</summary>
    public static bool Verify(string hash, string password)
    {
        ArgumentNullException.ThrowIfNull(hash);
        ArgumentNullException.ThrowIfNull(password);
        if (password.Length is 0 or > LongestPassword)
            return false;
        if (hash.StartsWith(Argon2.Prefix, StringComparison.Ordinal))
            return Argon2.Verify(hash, password);
        return Parse(hash) is { } known && CryptographicOperations.FixedTimeEquals(known.Hash, known.Again(password));
    }

    private static (byte[] Hash, Func<string, byte[]> Again)? Parse(string hash)
    {
        try
        {
            return hash.Split(':') switch
            {
                ["pbkdf2", "sha256", var count, var salt64, var hash64]
                    when int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds is > 0 and <= MostRounds =>
                    (Convert.FromBase64String(hash64), password => Rfc2898DeriveBytes.Pbkdf2(
                        password, Convert.FromBase64String(salt64), rounds, HashAlgorithmName.SHA256, 32)),
                ["sha1", var salt, { Length: 40 } hex] => (Convert.FromHexString(hex), Salted(SHA1.HashData, salt)),
                ["sha256", var salt, { Length: 64 } hex] => (Convert.FromHexString(hex), Salted(SHA256.HashData, salt)),
                ["sha512", var salt, { Length: 128 } hex] => (Convert.FromHexString(hex), Salted(SHA512.HashData, salt)),
                _ => null,
            };
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private static Func<string, byte[]> Salted(Func<byte[], byte[]> digest, string salt) => password => digest(Encoding.UTF8.GetBytes(password + salt));
}
