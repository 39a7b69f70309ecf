using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Holdfast.Hub.People;

/// <summary>Hashes of passwords: PBKDF2 with HMAC-SHA512, as ASP.NET Core Identity writes them. Each takes a fraction of a second on purpose.</summary>
internal sealed class Passwords
{
    /// <summary>The shortest, in characters (NIST SP 800-63B, 5.1.1.1, wants 8).</summary>
    public const int Shortest = 8;

    /// <summary>The longest, in characters; a longer one is refused before it is hashed.</summary>
    public const int Longest = 256;

    /// <summary>What OWASP's Password Storage Cheat Sheet asks for with HMAC-SHA512. A hash with fewer is made anew when its password is next shown.</summary>
    private const int Rounds = 210_000;

    private readonly PasswordHasher<Passwords> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = Rounds }));
    private readonly Lazy<string> _nobodys;

    public Passwords() => _nobodys = new Lazy<string>(() => Hash(Bearer.New()));

    /// <summary>What is wrong with a new password, and the mend; null when it will do.</summary>
    public static string? Problem(string password) => password.Length switch
    {
        < Shortest => $"A password has at least {Shortest} characters.",
        > Longest => $"A password has at most {Longest} characters.",
        _ => null,
    };

    public string Hash(string password) => _hasher.HashPassword(this, password);

    /// <summary>Whether a password is the one that was hashed, and whether the hash is to be made anew. Without a hash it is none, and it takes as long to say so.</summary>
    public (bool IsRight, bool IsOld) Check(string? hash, string password)
    {
        if (password.Length is 0 or > Longest) return (false, false);
        var result = _hasher.VerifyHashedPassword(this, hash ?? _nobodys.Value, password);
        return (hash is not null && result != PasswordVerificationResult.Failed, result == PasswordVerificationResult.SuccessRehashNeeded);
    }
}
