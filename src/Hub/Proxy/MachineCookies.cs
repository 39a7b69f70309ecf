using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Proxy;

/// <summary>
/// The cookie of a machine's origin: the session it was given for, signed for this machine and origin. It is worth nothing anywhere else, and ends with the session; nothing
/// is stored for it, so that it is good after the hub was started anew.
/// </summary>
internal sealed class MachineCookies(HubKey key, Sessions sessions)
{
    private const int SessionSize = SHA256.HashSizeInBytes;
    private readonly byte[] _key = key.For("machine cookies"u8);

    /// <summary>What the cookie is to hold.</summary>
    public string New(byte[] session, MachineRecord machine, MachineOrigin origin) =>
        Base64Url.EncodeToString([.. session, .. Sign(session, machine, origin)]);

    /// <summary>The session that a cookie stands for; null when it is none, was given elsewhere, or the session has ended.</summary>
    public Login? Find(string? cookie, MachineRecord machine, MachineOrigin origin)
    {
        Span<byte> bytes = stackalloc byte[SessionSize + HMACSHA256.HashSizeInBytes];
        if (cookie is null || Base64Url.GetMaxDecodedLength(cookie.Length) > bytes.Length || !Base64Url.TryDecodeFromChars(cookie, bytes, out var length) || length != bytes.Length) return null;
        var session = bytes[..SessionSize].ToArray();
        return CryptographicOperations.FixedTimeEquals(Sign(session, machine, origin), bytes[SessionSize..]) ? sessions.Find(session) : null;
    }

    private byte[] Sign(byte[] session, MachineRecord machine, MachineOrigin origin) =>
        HMACSHA256.HashData(_key, (byte[])[.. session, .. Encoding.UTF8.GetBytes($"{machine.Id}\n{origin.Label}")]);
}
