using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Hub.People;

/// <summary>
/// <c>cli-token</c> in the data folder, 0600: whoever can read it owns the data anyway, and is the first administrator without typing a password. It stays the same,
/// so that programs go on when the hub was started anew; deleting it makes another one at the next start.
/// </summary>
internal sealed class LocalToken
{
    private readonly byte[] _hash;
    private readonly FirstAdministrator _first;

    public LocalToken(HubFolders folders, FirstAdministrator first)
    {
        _first = first;
        var token = Encoding.ASCII.GetString(SecretFile.LoadOrCreate(FileIn(folders), text => Bearer.IsToken(Encoding.ASCII.GetString(text)), () => Encoding.ASCII.GetBytes(Bearer.New(Bearer.TokenPrefix)))).Trim();
        _hash = Bearer.Hash(token)!;
    }

    /// <summary>Where it is, for programs of this computer.</summary>
    public static string FileIn(HubFolders folders) => Path.Combine(folders.Root, "cli-token");

    /// <summary>Whose it is; null for another token.</summary>
    public Login? Find(string shown) => Bearer.Hash(shown) is { } hash ? Find(hash) : null;

    /// <inheritdoc cref="Tokens.Find(byte[])" />
    public Login? Find(byte[] hash) => CryptographicOperations.FixedTimeEquals(hash, _hash)
        ? new Login(_first.Local(), hash, isToken: true, DateTimeOffset.MinValue, null)
        : null;
}
