using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Lab.Access;

/// <summary>What opens this lab, and the login cookies that stand for it.</summary>
internal sealed class Credentials
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private readonly byte[] _secret;
    private readonly byte[]? _token;
    private readonly string? _passwordHash;
    private readonly byte[] _binding;
    private readonly TimeProvider _time;

    public Credentials(LabOptions options, TimeProvider time)
    {
        _secret = SecretFile.CookieKey(options.StateFolder);
        _token = string.IsNullOrEmpty(options.Token) ? null : Encoding.UTF8.GetBytes(options.Token);
        _passwordHash = options.PasswordHash;
        _time = time;
        // A cookie is worth what it was given for: it dies with the token and the password.
        _binding = HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes($"{options.Token}\n{options.PasswordHash}"));
        Open = options.Token == "" && options.PasswordHash is null;
    }

    /// <summary>True when the user asked for no login at all (an empty token and no password).</summary>
    public bool Open { get; }

    public bool HasPassword => _passwordHash is not null;

    public bool IsToken(string? shown)
    {
        if (_token is null || shown is null)
            return false;
        // Hashed first, so that the comparison takes as long for every length.
        return CryptographicOperations.FixedTimeEquals(
            HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(shown)), HMACSHA256.HashData(_secret, _token));
    }

    public bool IsPassword(string shown) => _passwordHash is not null && PasswordHash.Verify(_passwordHash, shown);

    /// <summary>The id of callers who show the token with each request.</summary>
    public string TokenCaller => Convert.ToHexStringLower(_binding.AsSpan(0, 16));

    /// <summary>A new login cookie: <c>id|expiry|signature</c>.</summary>
    public (string Value, DateTimeOffset Expires) NewCookie()
    {
        var expires = _time.GetUtcNow() + Lifetime;
        var payload = $"{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}|{expires.ToUnixTimeSeconds()}";
        return ($"{payload}|{Sign(payload)}", expires);
    }

    /// <summary>The id in a login cookie, or null when it is not ours, has expired, or was given for another token or password.</summary>
    public string? CallerOf(string? cookie)
    {
        if (cookie is null || cookie.Length > 256 || cookie.LastIndexOf('|') is var end && end < 0)
            return null;
        var payload = cookie[..end];
        var signed = CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(payload)), Encoding.UTF8.GetBytes(cookie[(end + 1)..]));
        return signed && payload.Split('|') is [var id, var expiry] && long.TryParse(expiry, out var seconds) &&
            _time.GetUtcNow().ToUnixTimeSeconds() < seconds ? id : null;
    }

    private string Sign(string payload) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_secret, (byte[])[.. _binding, .. Encoding.UTF8.GetBytes(payload)]));
}
