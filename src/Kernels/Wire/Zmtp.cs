using System.Buffers.Binary;
using System.Text;

namespace Holdfast.Kernels.Wire;

/// <summary>The constants and fixed texts of ZMTP 3.1 with the NULL mechanism (RFC 37 of rfc.zeromq.org).</summary>
internal static class Zmtp
{
    public const byte More = 1;
    public const byte Long = 2;
    public const byte Command = 4;
    public const int GreetingLength = 64;

    /// <summary>Signature, version 3.1, mechanism NULL, not a server, filler.</summary>
    public static readonly byte[] Greeting = MakeGreeting();

    private static byte[] MakeGreeting()
    {
        var greeting = new byte[GreetingLength];
        greeting[0] = 0xFF;
        greeting[9] = 0x7F;
        greeting[10] = 3;
        greeting[11] = 1;
        "NULL"u8.CopyTo(greeting.AsSpan(12));
        return greeting;
    }

    /// <summary>
    /// Looks at as much of the peer's greeting as has come. Null while nothing is wrong; it is whole at <see cref="GreetingLength"/> bytes.
    /// </summary>
    public static string? CheckGreeting(ReadOnlySpan<byte> seen)
    {
        // Byte by byte, because a peer that is not ZMTP 3 may wait for us in the middle of a greeting.
        if ((seen.Length > 0 && seen[0] != 0xFF) || (seen.Length > 9 && (seen[9] & 1) == 0))
            return "What listens at the kernel's address does not speak ZMTP: another program may have taken its port.";
        if (seen.Length > 10 && seen[10] < 3) return $"The kernel's socket speaks ZMTP {seen[10]}; 3 is needed: its ZeroMQ is older than 4.0.";
        if (seen.Length >= 32 && !seen[12..32].SequenceEqual(Greeting.AsSpan(12, 20)))
            return $"The kernel's socket asks for the security mechanism {Printable(seen[12..32])}; only NULL is spoken.";
        return null;
    }

    /// <summary>READY with Socket-Type and Identity, as a frame.</summary>
    public static byte[] Ready(string socketType, ReadOnlySpan<byte> identity)
    {
        using var frame = new MemoryStream();
        frame.Write([Command, 0]);
        frame.Write("\u0005READY"u8);
        WriteProperty(frame, "Socket-Type"u8, Encoding.ASCII.GetBytes(socketType));
        WriteProperty(frame, "Identity"u8, identity);
        var bytes = frame.ToArray();
        bytes[1] = checked((byte)(bytes.Length - 2));
        return bytes;
    }

    private static void WriteProperty(MemoryStream frame, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        frame.WriteByte((byte)name.Length);
        frame.Write(name);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        frame.Write(length);
        frame.Write(value);
    }

    /// <summary>Subscribes to everything: a command since 3.1, a message before (RFC 23).</summary>
    public static ReadOnlyMemory<byte> Subscription(byte minorVersion) =>
        minorVersion >= 1 ? (byte[])[Command, 10, 9, .. "SUBSCRIBE"u8] : (byte[])[0, 1, 1];

    /// <summary>Null when the command is a READY of a socket that <paramref name="ours"/> can talk to, else what is wrong.</summary>
    public static string? CheckReady(ReadOnlySpan<byte> command, string ours)
    {
        if (TryName(command, "ERROR"u8, out var reason))
            return $"The kernel's socket refused the connection: {Printable(reason.Length > 1 ? reason[1..] : reason)}.";
        if (!TryName(command, "READY"u8, out var properties)) return "The kernel's socket did not answer the handshake with READY.";
        while (!properties.IsEmpty)
        {
            int nameLength = properties[0];
            if (properties.Length < 1 + nameLength + 4) return "The kernel's socket sent a READY that is cut off.";
            var name = properties.Slice(1, nameLength);
            var valueLength = BinaryPrimitives.ReadUInt32BigEndian(properties[(1 + nameLength)..]);
            properties = properties[(5 + nameLength)..];
            if (valueLength > (uint)properties.Length) return "The kernel's socket sent a READY that is cut off.";
            if (Ascii.EqualsIgnoreCase(name, "Socket-Type"u8) && !Fits(ours, properties[..(int)valueLength]))
                return $"The kernel's socket is a {Printable(properties[..(int)valueLength])}, which a {ours} cannot talk to.";
            properties = properties[(int)valueLength..];
        }

        return null;
    }

    private static bool Fits(string ours, ReadOnlySpan<byte> theirs) => ours switch
    {
        "DEALER" => theirs.SequenceEqual("ROUTER"u8) || theirs.SequenceEqual("DEALER"u8) || theirs.SequenceEqual("REP"u8),
        "REQ" => theirs.SequenceEqual("ROUTER"u8) || theirs.SequenceEqual("REP"u8),
        _ => theirs.SequenceEqual("XPUB"u8) || theirs.SequenceEqual("PUB"u8),
    };

    /// <summary>The frame that answers a PING, or null when the command is something else. PING is name, two bytes of TTL, context.</summary>
    public static byte[]? Pong(ReadOnlySpan<byte> command)
    {
        if (!TryName(command, "PING"u8, out var rest) || rest.Length is < 2 or > 18) return null;
        var context = rest[2..];
        return [Command, (byte)(5 + context.Length), 4, .. "PONG"u8, .. context];
    }

    private static bool TryName(ReadOnlySpan<byte> command, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> rest)
    {
        rest = default;
        if (command.IsEmpty || command[0] != name.Length || !command[1..].StartsWith(name)) return false;
        rest = command[(1 + name.Length)..];
        return true;
    }

    private static string Printable(ReadOnlySpan<byte> text)
    {
        var cut = text[..Math.Min(text.Length, 80)].TrimEnd((byte)0);
        var chars = new char[cut.Length];
        for (var i = 0; i < chars.Length; i++) chars[i] = cut[i] is >= 32 and < 127 ? (char)cut[i] : '?';
        return new string(chars);
    }
}
