namespace Holdfast.Lab.Http.WebSockets;

/// <summary>Pings a socket and ends it when its peer has been silent for too long.</summary>
internal sealed class SocketPulse
{
    /// <summary>Time between pings.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    /// <summary>Longest silence.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly ServerSocket _socket;
    private readonly TimeProvider _time;
    private long _heard;

    /// <summary>Watches <paramref name="socket"/> from now on, when <see cref="RunAsync"/> runs.</summary>
    public SocketPulse(ServerSocket socket, TimeProvider time)
    {
        _socket = socket;
        _time = time;
        _heard = time.GetTimestamp();
        socket.OnHeard = Heard;
    }

    /// <summary>Set while the receiver is held up by us: silence is then not the peer's.</summary>
    public bool Holding { get; set; }

    /// <summary>Pings every <see cref="Interval"/> until the socket ends.</summary>
    /// <param name="ping">Sends a ping.</param>
    public async Task RunAsync(Func<ValueTask> ping)
    {
        var pending = Task.CompletedTask;
        try
        {
            while (true)
            {
                await Task.Delay(Interval, _time, _socket.Ended);
                if (Holding)
                    Heard();
                if (_time.GetElapsedTime(Volatile.Read(ref _heard)) >= Limit)
                {
                    _socket.Abort();
                    return;
                }
                // Not awaited: a send that hangs must not keep us from looking at the limit.
                if (pending.IsCompleted)
                    pending = PingAsync(ping);
            }
        }
        catch (OperationCanceledException)
        {
            // The socket has ended.
        }
    }

    private static async Task PingAsync(Func<ValueTask> ping)
    {
        try
        {
            await ping();
        }
        catch (Exception exception) when (ServerSocket.IsEnd(exception))
        {
            // The socket has ended.
        }
    }

    private void Heard() => Volatile.Write(ref _heard, _time.GetTimestamp());
}
