using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Holdfast.Hub.Inside;

namespace Holdfast.Hub.Mosh;

/// <summary>What comes from one address of a client, with a way of its own into the machine. What does not fit on it is lost, as on any network.</summary>
internal sealed class MoshFlow : IDisposable
{
    private const int MostWaiting = 64;

    private readonly Channel<ArraySegment<byte>> _in = Channel.CreateBounded<ArraySegment<byte>>(new BoundedChannelOptions(MostWaiting) { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _ended;
    private readonly Lock _turn = new();
    private readonly MoshRelay _relay;
    private volatile bool _isOver;

    /// <summary>Begins to connect.</summary>
    /// <param name="relay">Whose.</param>
    /// <param name="source">Whence.</param>
    /// <param name="began">When.</param>
    /// <param name="stop">Ends it.</param>
    public MoshFlow(MoshRelay relay, SocketAddress source, DateTimeOffset began, CancellationToken stop)
    {
        (_relay, Source, Began, LastHeard, _ended) = (relay, source, began, began, CancellationTokenSource.CreateLinkedTokenSource(stop));
        _ = RunAsync(_ended.Token);
    }

    public SocketAddress Source { get; }

    public DateTimeOffset Began { get; }

    /// <summary>When something came from there.</summary>
    public DateTimeOffset LastHeard { get; set; }

    /// <summary>Whether it leads nowhere any more.</summary>
    public bool IsOver => _isOver;

    /// <summary>Passes a datagram on.</summary>
    public void Take(ReadOnlySpan<byte> datagram)
    {
        var copy = ArrayPool<byte>.Shared.Rent(DatagramStream.Head + datagram.Length);
        datagram.CopyTo(copy.AsSpan(DatagramStream.Head));
        if (!_in.Writer.TryWrite(new ArraySegment<byte>(copy, 0, datagram.Length))) ArrayPool<byte>.Shared.Return(copy);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_turn)
        {
            if (!_isOver) _ended.Cancel();
        }
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var connected = await _relay.ConnectAsync(cancellationToken);
            if (!connected.Ok) return;
            using var stream = connected.Value;
            Task[] both = [InAsync(stream, cancellationToken), OutAsync(stream, cancellationToken)];
            await Task.WhenAny(both);
            await _ended.CancelAsync();
            await Task.WhenAll(both);
        }
        catch (Exception fault) when (fault is SocketException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The machine has gone, or somebody else has taken the place of this one.
        }
        finally
        {
            lock (_turn) _isOver = true;
            _in.Writer.Complete();
            while (_in.Reader.TryRead(out var left)) ArrayPool<byte>.Shared.Return(left.Array!);
            _ended.Dispose();
        }
    }

    private async Task InAsync(Socket stream, CancellationToken cancellationToken)
    {
        await foreach (var datagram in _in.Reader.ReadAllAsync(cancellationToken))
        {
            await DatagramStream.WriteAsync(stream, datagram.Array, datagram.Count, cancellationToken);
            ArrayPool<byte>.Shared.Return(datagram.Array!);
        }
    }

    private async Task OutAsync(Socket stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[DatagramStream.BufferSize];
        while (await DatagramStream.ReadAsync(stream, buffer, cancellationToken) is >= 0 and var length) await _relay.AnswerAsync(this, buffer.AsMemory(0, length), cancellationToken);
    }
}
