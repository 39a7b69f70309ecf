using System.Net;
using System.Net.Sockets;
using Holdfast.Hub.Inside;

namespace Holdfast.Hub.Mosh;

/// <summary>
/// A UDP port and the mosh-server behind it, as a NAT: each address that something comes from has a way of its own to the server, and back comes what the server says on it. Only the server can tell who its
/// client is, by its key: nothing is read here. It answers nobody else, so the way that it answered on last is the client's, and keeps its place whatever comes from elsewhere.
/// </summary>
/// <param name="port">The port, bound; the caller's to dispose.</param>
/// <param name="connect">Connects to the server (<see cref="MoshGate"/>).</param>
/// <param name="time">The clock.</param>
internal sealed class MoshRelay(Socket port, Func<CancellationToken, Task<HubResult<Socket>>> connect, TimeProvider time)
{
    /// <summary>So many addresses have a way at once.</summary>
    public const int MostFlows = 8;

    /// <summary>So long a new one keeps its place, for the server to answer; and one that leads nowhere is not tried again.</summary>
    private static readonly TimeSpan Trial = TimeSpan.FromSeconds(1);

    /// <summary>A client to whom nothing is shown, and who does nothing, says something every three seconds.</summary>
    private static readonly TimeSpan Stir = TimeSpan.FromSeconds(2);

    private readonly Dictionary<SocketAddress, MoshFlow> _flows = [];
    private volatile MoshFlow? _answered;
    private long _atWork;

    /// <summary>When something was last typed or shown; null for never.</summary>
    public DateTimeOffset? LastAtWork => Interlocked.Read(ref _atWork) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Relays until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var (buffer, from) = (new byte[DatagramStream.BufferSize], new SocketAddress(port.AddressFamily));
        try
        {
            while (true)
            {
                var length = await port.ReceiveFromAsync(buffer.AsMemory(), SocketFlags.None, from, stop);
                FlowOf(from, time.GetUtcNow(), stop)?.Take(buffer.AsSpan(0, length));
            }
        }
        catch (OperationCanceledException)
        {
            // The session ends.
        }
        finally
        {
            foreach (var flow in _flows.Values) flow.Dispose();
        }
    }

    /// <summary>A way to the server.</summary>
    public Task<HubResult<Socket>> ConnectAsync(CancellationToken cancellationToken) => connect(cancellationToken);

    /// <summary>Passes on what the server says to a client.</summary>
    public async Task AnswerAsync(MoshFlow flow, ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
    {
        _answered = flow;
        try
        {
            await port.SendToAsync(datagram, SocketFlags.None, flow.Source, cancellationToken);
        }
        catch (SocketException)
        {
            // No network leads there now. The client asks again when it has one.
        }
    }

    private MoshFlow? FlowOf(SocketAddress from, DateTimeOffset now, CancellationToken stop)
    {
        if (_flows.TryGetValue(from, out var flow) && (!flow.IsOver || now - flow.Began < Trial))
        {
            if (flow == _answered && now - flow.LastHeard < Stir) Interlocked.Exchange(ref _atWork, now.UtcTicks);
            flow.LastHeard = now;
            return flow;
        }
        if (flow is not null) _flows.Remove(from);
        else if (_flows.Count >= MostFlows)
        {
            if (_flows.Values.Where(each => each != _answered && now - each.Began >= Trial).MinBy(each => each.LastHeard) is not { } oldest) return null;
            _flows.Remove(oldest.Source);
            oldest.Dispose();
        }
        var source = new SocketAddress(from.Family, from.Size);
        from.Buffer.Span[..from.Size].CopyTo(source.Buffer.Span);
        return _flows[source] = new MoshFlow(this, source, now, stop);
    }
}
