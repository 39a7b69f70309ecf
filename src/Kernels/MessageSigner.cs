using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Kernels;

/// <summary>
/// Signs and checks messages: hex HMAC-SHA256 over the four JSON parts, not the buffers (jupyter_client "The Wire Protocol").
/// One thread at a time; without a key messages are not signed.
/// </summary>
internal sealed class MessageSigner : IDisposable
{
    public const int SignatureLength = 64;

    private readonly IncrementalHash? _hash;

    public MessageSigner(string key) =>
        _hash = key.Length == 0 ? null : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key));

    /// <summary>Writes the signature, <see cref="SignatureLength"/> bytes; returns how many there are, 0 without a key.</summary>
    public int Sign(in KernelMessage message, Span<byte> signature)
    {
        if (_hash is null) return 0;
        _hash.AppendData(message.Header.Span);
        _hash.AppendData(message.ParentHeader.Span);
        _hash.AppendData(message.Metadata.Span);
        _hash.AppendData(message.Content.Span);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(digest);
        Convert.TryToHexStringLower(digest, signature, out var written);
        return written;
    }

    /// <summary>Null when the signature is right and new, else what is wrong with it.</summary>
    public string? Check(in KernelMessage message, ReadOnlySpan<byte> signature, SeenSignatures seen)
    {
        if (_hash is null) return null;
        Span<byte> right = stackalloc byte[SignatureLength];
        Sign(message, right);
        if (!CryptographicOperations.FixedTimeEquals(right, signature)) return "its signature is wrong: it was signed with another key, or not at all";
        return seen.Add(right) ? null : "its signature was seen before: it was sent twice";
    }

    public void Dispose() => _hash?.Dispose();
}
