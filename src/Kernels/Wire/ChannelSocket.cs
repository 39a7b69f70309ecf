using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Kernels.Wire;

/// <summary>Takes what a <see cref="ChannelSocket"/> receives, one call at a time.</summary>
internal interface IFrameReceiver
{
    /// <summary>A whole message; its frames are valid only during the call.</summary>
    void OnMessage(ReceiveBuffer message);

    /// <summary>Everything received was handed over; the socket reads on when this completes.</summary>
    ValueTask OnDrainedAsync();

    /// <summary>The peer broke the protocol and was disconnected; the socket connects again.</summary>
    void OnFault(string reason);
}

/// <summary>One ZeroMQ socket with one peer, which it connects to again and again until it is stopped.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim without a wait handle holds nothing, and late senders still release it.")]
internal sealed class ChannelSocket
{
    /// <summary>One connection, from the end of its handshake to its loss.</summary>
    private sealed record Session(Socket Socket)
    {
        public TaskCompletionSource Lost { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private readonly EndPoint _address;
    private readonly string _type;
    private readonly ReadOnlyMemory<byte> _ready;
    private readonly IFrameReceiver _receiver;
    private readonly TimeProvider _time;
    private readonly bool _blocks;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly FrameSender _sender = new();
    private volatile TaskCompletionSource<Session> _session = NewSession();
    private byte[]? _pong;
    private string? _lastFault;

    /// <summary>A socket of <paramref name="type"/>: DEALER, SUB or REQ. It connects when <see cref="RunAsync"/> is called.</summary>
    public ChannelSocket(EndPoint address, string type, ReadOnlySpan<byte> identity, IFrameReceiver receiver, TimeProvider time)
    {
        (_address, _type, _receiver, _time) = (address, type, receiver, time);
        _ready = Zmtp.Ready(type, identity);
        // Only what a kernel broadcasts can be a flood, and next to nothing is sent there.
        _blocks = type == "SUB";
    }

    private static TaskCompletionSource<Session> NewSession() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the handshake with the peer is done; fails with ObjectDisposedException when the socket was stopped.</summary>
    public Task WaitConnectedAsync(CancellationToken cancellationToken) => _session.Task.WaitAsync(cancellationToken);

    /// <summary>
    /// Sends a message; waits for a connection first, and sends the whole again when the connection breaks before its last byte.
    /// Cancellation counts until the first byte is written: behind half a message nothing else could be sent.
    /// </summary>
    public async ValueTask SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> frames, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            while (true)
            {
                var session = await _session.Task.WaitAsync(cancellationToken);
                try
                {
                    await _sender.SendAsync(session.Socket, frames);
                    return;
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    session.Socket.Dispose();
                    await session.Lost.Task.WaitAsync(cancellationToken);
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>
    /// Connects, receives, and connects again, until <paramref name="stop"/>. Fails only when the receiver throws.
    /// </summary>
    public Task RunAsync(CancellationToken stop) => _blocks ? OwnThread.RunAsync("broadcasts", () => ServeAllAsync(stop)) : ServeAllAsync(stop);

    private async Task ServeAllAsync(CancellationToken stop)
    {
        try
        {
            for (var attempt = 0; !stop.IsCancellationRequested; attempt++)
            {
                // 1. Wait, the longer the more often it has failed: the kernel may not have bound yet.
                if (attempt > 0) await Task.Delay(Pause(attempt), _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                if (stop.IsCancellationRequested) break;

                // 2. Connect and receive until the connection is lost.
                if (await ConnectAsync(stop) is { } socket)
                    using (socket)
                    {
                        var started = _time.GetTimestamp();
                        await ServeAsync(socket, stop);
                        if (_time.GetElapsedTime(started) > TimeSpan.FromSeconds(1)) attempt = 0;
                    }
            }
        }
        finally
        {
            Stop();
        }
    }

    private static TimeSpan Pause(int attempt) => TimeSpan.FromMilliseconds(attempt < 200 ? Math.Min(10 + (5 * attempt), 50) : 500);

    private async ValueTask<Socket?> ConnectAsync(CancellationToken stop)
    {
        // Asking the file system first spares an exception for every try before a kernel has bound.
        if (_address is UnixDomainSocketEndPoint && !File.Exists(_address.ToString())) return null;
        Socket? socket = null;
        try
        {
            socket = _address is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (_blocks) socket.Connect(_address);
            else await socket.ConnectAsync(_address, stop);
            // A free port of this machine can be given to the connecting socket itself, which is then its own peer.
            if (_address is UnixDomainSocketEndPoint || !Equals(socket.LocalEndPoint, socket.RemoteEndPoint)) return socket;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The kernel has not bound yet, or has ended: the next try comes.
        }

        socket?.Dispose();
        return null;
    }

    /// <summary>One connection from its greeting to its end.</summary>
    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        using var closing = stop.UnsafeRegister(static s => ((Socket)s!).Dispose(), socket);
        string? fault = null;
        try
        {
            using var buffer = new ReceiveBuffer();
            // 1. Greeting and READY, ours and theirs; then the subscription.
            (var done, fault) = await ShakeHandsAsync(socket, buffer);
            if (done)
            {
                _lastFault = null;
                // 2. Sends may start.
                _session.TrySetResult(new Session(socket));
                // 3. Receive.
                fault = await PumpAsync(socket, buffer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The kernel has ended, or we are stopping.
        }
        catch (InsufficientMemoryException e)
        {
            fault = e.Message;
        }
        finally
        {
            // 4. Lost: sends wait again, first of all the one that was cut off.
            socket.Dispose();
            if (_session.Task is { IsCompletedSuccessfully: true, Result: var lost })
            {
                _session = NewSession();
                lost.Lost.TrySetResult();
            }
        }

        if (fault is null || fault == _lastFault) return;
        _lastFault = fault;
        _receiver.OnFault(fault);
    }

    private async ValueTask<(bool Done, string? Fault)> ShakeHandsAsync(Socket socket, ReceiveBuffer buffer)
    {
        await SendAllAsync(socket, Zmtp.Greeting);
        while (buffer.Unscanned.Length < Zmtp.GreetingLength)
        {
            if (!await ReceiveAsync(socket, buffer)) return (false, null);
            if (Zmtp.CheckGreeting(buffer.Unscanned) is { } fault) return (false, fault);
        }

        var minor = buffer.Unscanned[10] > 3 ? (byte)1 : buffer.Unscanned[11];
        buffer.Skip(Zmtp.GreetingLength);
        await SendAllAsync(socket, _ready);

        Found found;
        while ((found = buffer.Scan()) == Found.Nothing)
            if (!await ReceiveAsync(socket, buffer)) return (false, null);
        if (found == Found.Fault) return (false, buffer.Fault);
        if (found == Found.Message) return (false, "The kernel's socket sent a message before the end of the handshake.");
        if (Zmtp.CheckReady(buffer.Command.Span, _type) is { } refused) return (false, refused);
        if (_type == "SUB") await SendAllAsync(socket, Zmtp.Subscription(minor));
        return (true, null);
    }

    private async Task<string?> PumpAsync(Socket socket, ReceiveBuffer buffer)
    {
        do
        {
            var delivered = false;
            Found found;
            while ((found = buffer.Scan()) is Found.Message or Found.Command)
            {
                if (found == Found.Command)
                {
                    if (Zmtp.Pong(buffer.Command.Span) is { } pong) AnswerPing(socket, pong);
                    continue;
                }

                _receiver.OnMessage(buffer);
                delivered = true;
            }

            if (delivered) await _receiver.OnDrainedAsync();
            if (found == Found.Fault) return buffer.Fault;
        }
        while (await ReceiveAsync(socket, buffer));
        return null;
    }

    private async ValueTask<bool> ReceiveAsync(Socket socket, ReceiveBuffer buffer)
    {
        // One asynchronous call on a socket, and all of its calls go by the poller.
        var count = _blocks ? socket.Receive(buffer.Room().Span) : await socket.ReceiveAsync(buffer.Room());
        buffer.Received(count);
        return count > 0;
    }

    private ValueTask SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        if (!_blocks) return FrameSender.SendAllAsync(socket, bytes);
        socket.Send(bytes.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Receiving never waits for a send, or two full sockets could wait for each other; of several PINGs the last is answered.</summary>
    private void AnswerPing(Socket socket, byte[] pong)
    {
        if (Interlocked.Exchange(ref _pong, pong) is null) _ = SendPongAsync(socket);
    }

    private async Task SendPongAsync(Socket socket)
    {
        await _turn.WaitAsync();
        try
        {
            await SendAllAsync(socket, Interlocked.Exchange(ref _pong, null));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The connection is lost; the receiving side sees it, too.
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Stop()
    {
        _session.TrySetException(new ObjectDisposedException(nameof(KernelConnection)));
        _ = _session.Task.Exception; // Observed: nobody has to be waiting.
    }
}
