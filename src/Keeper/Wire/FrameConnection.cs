using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Holdfast.Keeper.Wire;

/// <summary>Frames over a Unix socket. One reader; writers are serialised here.</summary>
internal sealed class FrameConnection : IDisposable
{
    private const int HeaderBytes = 9;
    private const int MostPayloadBytes = 1 << 30;

    private readonly Socket _socket;
    private readonly PipeReader _reader;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly byte[] _header = new byte[HeaderBytes];
    private byte[]? _joined;
    private SequencePosition _consumed;
    private bool _reading;

    public FrameConnection(Socket socket)
    {
        _socket = socket;
        _reader = PipeReader.Create(new NetworkStream(socket, ownsSocket: false), new StreamPipeReaderOptions(bufferSize: 16 << 10));
    }

    /// <summary>The user id at the other end (SO_PEERCRED).</summary>
    public uint PeerUid
    {
        get
        {
            Span<byte> credentials = stackalloc byte[12];
            _socket.GetRawSocketOption(1, 17, credentials);
            return BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]);
        }
    }

    /// <summary>Reads the next frame; null when the other end has closed.</summary>
    /// <exception cref="InvalidDataException">What came is not a frame.</exception>
    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellationToken)
    {
        if (_reading) _reader.AdvanceTo(_consumed);
        _reading = false;
        ReturnJoined();
        while (true)
        {
            ReadResult result;
            try
            {
                result = await _reader.ReadAsync(cancellationToken);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                return null;
            }

            if (TryParse(result.Buffer, out var frame))
            {
                _reading = true;
                return frame;
            }

            if (result.IsCompleted) return null;
            _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Writes a frame whose payload is the parts, one behind the other. False when the other end is gone.</summary>
    public async ValueTask<bool> WriteAsync(
        FrameType type, uint number, ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second = default, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            BinaryPrimitives.WriteInt32LittleEndian(_header, first.Length + second.Length);
            _header[4] = (byte)type;
            BinaryPrimitives.WriteUInt32LittleEndian(_header.AsSpan(5), number);
            var total = HeaderBytes + first.Length + second.Length;
            if (total <= 4096)
            {
                var small = ArrayPool<byte>.Shared.Rent(total);
                _header.CopyTo(small, 0);
                first.CopyTo(small.AsMemory(HeaderBytes));
                second.CopyTo(small.AsMemory(HeaderBytes + first.Length));
                await SendAllAsync(small.AsMemory(0, total));
                ArrayPool<byte>.Shared.Return(small);
            }
            else
            {
                await SendAllAsync(_header);
                await SendAllAsync(first);
                await SendAllAsync(second);
            }

            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        ReturnJoined();
    }

    // A frame that is begun is finished: cutting one short would lose the place of the next.
    private async ValueTask SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, CancellationToken.None)..];
    }

    private bool TryParse(ReadOnlySequence<byte> buffer, out Frame frame)
    {
        frame = default;
        if (buffer.Length < HeaderBytes) return false;
        Span<byte> header = stackalloc byte[HeaderBytes];
        buffer.Slice(0, HeaderBytes).CopyTo(header);
        var length = BinaryPrimitives.ReadInt32LittleEndian(header);
        if ((uint)length > MostPayloadBytes) throw new InvalidDataException($"A frame of {length} bytes is not of the keeper's protocol.");
        if (buffer.Length < HeaderBytes + length) return false;

        var payload = buffer.Slice(HeaderBytes, length);
        _consumed = payload.End;
        frame = new Frame((FrameType)header[4], BinaryPrimitives.ReadUInt32LittleEndian(header[5..]), payload.IsSingleSegment ? payload.First : Join(payload));
        return true;
    }

    private ReadOnlyMemory<byte> Join(ReadOnlySequence<byte> payload)
    {
        _joined = ArrayPool<byte>.Shared.Rent((int)payload.Length);
        payload.CopyTo(_joined);
        return _joined.AsMemory(0, (int)payload.Length);
    }

    private void ReturnJoined()
    {
        if (Interlocked.Exchange(ref _joined, null) is { } joined) ArrayPool<byte>.Shared.Return(joined);
    }
}
