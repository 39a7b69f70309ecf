using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Holdfast.Kernels.Wire;

/// <summary>Writes messages as ZMTP frames: small ones in one system call, large frames from where they lie. One call at a time.</summary>
internal sealed class FrameSender
{
    private const int CopiedFrame = 16 * 1024;
    private const int KeptScratch = 64 * 1024;

    private ArrayBufferWriter<byte> _scratch = new(1024);

    /// <summary>Sends the frames as one message.</summary>
    /// <exception cref="SocketException">The connection broke; the peer cannot have the whole message.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed here.</exception>
    public async ValueTask SendAsync(Socket socket, IReadOnlyList<ReadOnlyMemory<byte>> frames)
    {
        _scratch.ResetWrittenCount();
        for (var i = 0; i < frames.Count; i++)
        {
            WritePrefix(frames[i].Length, more: i < frames.Count - 1);
            if (frames[i].Length <= CopiedFrame)
            {
                _scratch.Write(frames[i].Span);
                if (_scratch.WrittenCount < KeptScratch) continue;
            }

            await FlushAsync(socket);
            if (frames[i].Length > CopiedFrame) await SendAllAsync(socket, frames[i]);
        }

        await FlushAsync(socket);
        if (_scratch.Capacity > 2 * KeptScratch) _scratch = new ArrayBufferWriter<byte>(1024);
    }

    private void WritePrefix(int length, bool more)
    {
        var prefix = _scratch.GetSpan(9);
        prefix[0] = (byte)((more ? Zmtp.More : 0) | (length > 255 ? Zmtp.Long : 0));
        if (length > 255) BinaryPrimitives.WriteInt64BigEndian(prefix[1..], length);
        else prefix[1] = (byte)length;
        _scratch.Advance(length > 255 ? 9 : 2);
    }

    private async ValueTask FlushAsync(Socket socket)
    {
        await SendAllAsync(socket, _scratch.WrittenMemory);
        _scratch.ResetWrittenCount();
    }

    /// <summary>Sends all bytes.</summary>
    public static async ValueTask SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await socket.SendAsync(bytes)..];
    }
}
