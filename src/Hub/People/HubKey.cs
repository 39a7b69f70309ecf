using System.Security.Cryptography;

namespace Holdfast.Hub.People;

/// <summary>The key of this hub, in a file beside its database; made at the first use. Each purpose has a key of its own that is derived from it.</summary>
internal sealed class HubKey(HubFolders folders)
{
    private const int Length = 32;
    private readonly byte[] _key = SecretFile.LoadOrCreate(folders.Key, key => key.Length == Length, () => RandomNumberGenerator.GetBytes(Length));

    /// <summary>The key for a purpose, 32 bytes.</summary>
    public byte[] For(ReadOnlySpan<byte> purpose)
    {
        var derived = new byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, derived, [], purpose);
        return derived;
    }
}
