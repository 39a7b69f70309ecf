using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Holdfast.Kernels;
using Holdfast.Lab.Bench.Servers;

namespace Holdfast.Load.Bench;

/// <summary>
/// A page of one kernel over a bare socket, subprotocol v1: it takes as little time as it can, because it runs on the processors that are
/// measured. It sees to it that the numbered displays come in order, each once.
/// </summary>
internal sealed class LoadPage : IDisposable
{
    private const int BufferBytes = 64 << 10;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly string _session = Guid.NewGuid().ToString();
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _length;
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Messages that have arrived, of whatever kind.</summary>
    public long Messages { get; private set; }

    /// <summary>The displays that have arrived since <see cref="Expect"/>.</summary>
    public long Displays { get; private set; }

    /// <summary>Displays that did not come where they should have: one was missing, twice there or overtaken.</summary>
    public long OutOfOrder { get; private set; }

    /// <summary>Executions of the kernel that have ended, and replies to this page.</summary>
    public long Idles { get; private set; }

    public long Replies { get; private set; }

    /// <summary>Why the connection has ended; null while it has not.</summary>
    public string? Ended { get; private set; }

    /// <param name="server">The server.</param>
    /// <param name="kernel">The kernel's id.</param>
    /// <param name="reads">Whether it reads; one that does not has a small receive buffer.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public static async Task<LoadPage> ConnectAsync(BenchServer server, string kernel, bool reads, CancellationToken cancellationToken)
    {
        var page = new LoadPage();
        await page._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port), cancellationToken);
        await page._socket.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /api/kernels/{kernel}/channels?session_id={page._session} HTTP/1.1\r\nHost: 127.0.0.1:{server.Port}\r\nAuthorization: token {BenchServer.Token}\r\n"
            + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Protocol: v1.kernel.websocket.jupyter.org\r\n\r\n"), cancellationToken);
        int end;
        while ((end = page._buffer.AsSpan(0, page._length).IndexOf("\r\n\r\n"u8)) < 0)
        {
            var read = await page._socket.ReceiveAsync(page._buffer.AsMemory(page._length), cancellationToken);
            if (read == 0) throw new InvalidOperationException("The server closed the connection instead of upgrading it.");
            page._length += read;
        }

        if (!page._buffer.AsSpan(0, page._length).StartsWith("HTTP/1.1 101"u8))
            throw new InvalidOperationException(Encoding.ASCII.GetString(page._buffer, 0, Math.Min(page._length, 200)));
        page.Consume(end + 4);
        if (reads) _ = page.ReadAsync();
        return page;
    }

    /// <summary>Counts displays from 0 again.</summary>
    public void Expect() => Displays = 0;

    /// <summary>Sends an execute_request.</summary>
    public async Task SendAsync(string code, CancellationToken cancellationToken)
    {
        var header = MessageHeader.Create("execute_request", _session, "bench", DateTimeOffset.UtcNow, out _);
        var content = Encoding.UTF8.GetBytes($$"""{"code":"{{code}}","silent":false,"store_history":true,"user_expressions":{},"allow_stdin":false,"stop_on_error":true}""");
        var message = new KernelMessage(header, "{}"u8.ToArray(), "{}"u8.ToArray(), content, []);
        var length = WebSocketV1.Measure(KernelChannel.Shell, message);
        // Masked with zeros: the frame of a client must have a mask, and this one costs nothing.
        var frame = new byte[8 + length];
        frame[0] = 0x82;
        frame[1] = 0x80 | 126;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), checked((ushort)length));
        WebSocketV1.Write(KernelChannel.Shell, message, frame.AsSpan(8));
        await _socket.SendAsync(frame, cancellationToken);
    }

    /// <summary>Waits until the counts are as wanted.</summary>
    public async Task WaitAsync(Func<LoadPage, bool> wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            var moved = Volatile.Read(ref _moved).Task;
            if (wanted(this)) return;
            if (Ended is not null) throw new InvalidOperationException($"The connection has ended: {Ended}");
            await moved.WaitAsync(cancellationToken);
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                if (Take()) Interlocked.Exchange(ref _moved, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
                var read = await _socket.ReceiveAsync(_buffer.AsMemory(_length));
                if (read == 0) break;
                _length += read;
            }

            Ended ??= "closed";
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Ended ??= e.Message;
        }

        ArrayPool<byte>.Shared.Return(_buffer);
        _moved.TrySetResult();
    }

    /// <summary>Takes the whole frames; true when an execution has ended or replied.</summary>
    private bool Take()
    {
        var (at, told) = (0, false);
        while (true)
        {
            var seen = _buffer.AsSpan(at, _length - at);
            if (seen.Length < 2) break;
            var (head, length) = (seen[1] & 0x7F) switch
            {
                126 => (4, seen.Length < 4 ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(seen[2..])),
                127 => (10, seen.Length < 10 ? int.MaxValue : checked((int)BinaryPrimitives.ReadUInt64BigEndian(seen[2..]))),
                var small => (2, small),
            };
            if (length == int.MaxValue) break;
            if (seen.Length < head + length)
            {
                if (head + length > _buffer.Length) Grow(head + length);
                break;
            }

            told |= Note(seen[0], seen.Slice(head, length));
            at += head + length;
        }

        Consume(at);
        return told;
    }

    private bool Note(byte first, ReadOnlySpan<byte> payload)
    {
        switch (first & 15)
        {
            case 8:
                Ended = payload.Length > 1 ? $"{BinaryPrimitives.ReadUInt16BigEndian(payload)} {Encoding.UTF8.GetString(payload[2..])}" : "closed";
                return true;
            case 9:
                byte[] pong = [0x8A, (byte)(0x80 | payload.Length), 0, 0, 0, 0, .. payload];
                _ = _socket.SendAsync(pong);
                return false;
        }

        Messages++;
        // Behind their number: where channel, header, parent, metadata and content begin.
        var start = (int)BinaryPrimitives.ReadUInt64LittleEndian(payload[(8 * 5)..]);
        var content = payload[start..];
        if (content.IndexOf("\"text/plain\""u8) is >= 0 and var text)
        {
            var number = content[(text + 12)..];
            number = number[(number.IndexOf((byte)'#') + 1)..];
            if (!Utf8Parser.TryParse(number, out long value, out _) || value != Displays) OutOfOrder++;
            Displays++;
            return false;
        }

        var idle = content.IndexOf("\"idle\""u8) >= 0 && payload[..start].IndexOf("execute_request"u8) >= 0;
        if (idle) Idles++;
        var reply = !idle && payload[..start].IndexOf("execute_reply"u8) >= 0;
        if (reply) Replies++;
        return idle || reply;
    }

    private void Grow(int bytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent(bytes);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void Consume(int count)
    {
        _buffer.AsSpan(count, _length - count).CopyTo(_buffer);
        _length -= count;
    }
}
