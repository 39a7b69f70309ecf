using System.Buffers.Binary;

namespace Holdfast.Lab.Tests.Kernels.WebSockets;

/// <summary>Frames as a client writes them, right or wrong, and as it reads the server's. Written apart from the code it tests.</summary>
internal static class RawFrame
{
    public static byte[] Client(int opcode, byte[] payload, bool final = true, int reserved = 0, bool masked = true, int? lengthBytes = null)
    {
        var bytes = lengthBytes ?? (payload.Length < 126 ? 0 : payload.Length < 65536 ? 2 : 8);
        var frame = new List<byte> { (byte)((final ? 0x80 : 0) | (reserved << 4) | opcode) };
        var mask = masked ? 0x80 : 0;
        switch (bytes)
        {
            case 0:
                frame.Add((byte)(mask | payload.Length));
                break;
            case 2:
                frame.AddRange([(byte)(mask | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
                break;
            default:
                frame.AddRange([(byte)(mask | 127), 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length]);
                break;
        }
        if (!masked)
            return [.. frame, .. payload];
        byte[] key = [0x37, 0xfa, 0x21, 0x3d];
        frame.AddRange(key);
        frame.AddRange(payload.Select((value, index) => (byte)(value ^ key[index % 4])));
        return [.. frame];
    }

    /// <summary>Reads one frame of the server: opcode and payload; null at the end of the connection.</summary>
    public static async Task<(int Opcode, byte[] Payload)?> ReadAsync(Stream stream)
    {
        var head = new byte[2];
        try
        {
            if (await stream.ReadAtLeastAsync(head, 2, throwOnEndOfStream: false, TestContext.Current.CancellationToken) < 2)
                return null;
        }
        catch (IOException)
        {
            return null;
        }
        Assert.Equal(0x80, head[0] & 0xF0);
        Assert.Equal(0, head[1] & 0x80);
        long length = head[1];
        if (length >= 126)
        {
            var longer = new byte[length == 126 ? 2 : 8];
            await stream.ReadExactlyAsync(longer, TestContext.Current.CancellationToken);
            length = longer.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(longer) : BinaryPrimitives.ReadInt64BigEndian(longer);
        }
        var payload = new byte[length];
        await stream.ReadExactlyAsync(payload, TestContext.Current.CancellationToken);
        return (head[0] & 0x0F, payload);
    }

    /// <summary>Reads up to the close frame and returns its code; 0 for a connection that ended without one.</summary>
    public static async Task<int> ReadCloseCodeAsync(Stream stream)
    {
        while (await ReadAsync(stream) is { } frame)
        {
            if (frame.Opcode == 8)
                return BinaryPrimitives.ReadUInt16BigEndian(frame.Payload);
        }
        return 0;
    }
}
