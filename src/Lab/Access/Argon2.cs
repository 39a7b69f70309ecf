using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Holdfast.Lab.Access;

/// <summary>
/// Checks the hashes that Jupyter writes, <c>argon2:$argon2id$v=19$m=10240,t=10,p=8$SALT$HASH</c>, by the system's libargon2, which Debian
/// keeps up to date. It is loaded when the first such hash is checked.
/// </summary>
internal static partial class Argon2
{
    public const string Prefix = "argon2:";
    private const string Library = "libargon2.so.1";
    private const int MostKibibytes = 1 << 20;
    private const int MostRounds = 100;

    /// <summary>What stands in the way of checking a hash, and the mend; null when it can be checked.</summary>
    public static string? Problem(string hash)
    {
        if (!IsUnderstood(hash))
            return "The password's hash is not understood; mend: `holdfast lab password` sets it again.";
        if (!NativeLibrary.TryLoad(Library, out var library))
            return "The password was hashed with argon2, and the system's library for it is missing; mend: apt-get install libargon2-1, or set the password again with `holdfast lab password`.";
        NativeLibrary.Free(library);
        return null;
    }

    /// <summary>Whether the password is the one that was hashed. False where <see cref="Problem"/> says something.</summary>
    public static bool Verify(string hash, string password)
    {
        if (Problem(hash) is not null)
            return false;
        var encoded = hash[Prefix.Length..];
        var bytes = Encoding.UTF8.GetBytes(password);
        return Verify(encoded, bytes, (nuint)bytes.Length, encoded.StartsWith("$argon2id$", StringComparison.Ordinal) ? 2 : encoded.StartsWith("$argon2i$", StringComparison.Ordinal) ? 1 : 0) == 0;
    }

    /// <summary>Costs are bounded: a hash that somebody put into a file must not take the machine's memory at each login.</summary>
    private static bool IsUnderstood(string hash) => Encoded().Match(hash) is { Success: true } match &&
        int.Parse(match.Groups["memory"].Value, CultureInfo.InvariantCulture) <= MostKibibytes && int.Parse(match.Groups["rounds"].Value, CultureInfo.InvariantCulture) <= MostRounds;

    [LibraryImport(Library, EntryPoint = "argon2_verify", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Verify(string encoded, byte[] password, nuint length, int kind);

    [GeneratedRegex(@"^argon2:\$argon2(id|i|d)\$v=\d{1,3}\$m=(?<memory>\d{1,8}),t=(?<rounds>\d{1,5}),p=\d{1,3}\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Encoded();
}
