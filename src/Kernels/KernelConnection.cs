using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Kernels.Wire;

namespace Holdfast.Kernels;

/// <summary>Takes what a kernel sends. One call at a time a channel; several channels may call at once.</summary>
public interface IKernelSink
{
    /// <summary>A verified message. Its memory is valid only during the call.</summary>
    void OnMessage(KernelChannel channel, in KernelMessage message);

    /// <summary>
    /// Everything received so far on <paramref name="channel"/> has been handed over. The channel reads on only when this completes:
    /// this is how a slow disk holds a kernel back.
    /// </summary>
    ValueTask OnDrainedAsync(KernelChannel channel);

    /// <summary>
    /// A message was refused: a bad or repeated signature, or not a Jupyter message. Or what listens at the address broke the protocol
    /// and was disconnected; the same reason is then said once, however often it is tried again.
    /// </summary>
    void OnRefused(KernelChannel channel, string reason);
}

/// <summary>The one set of sockets to one kernel: shell, control and stdin (DEALER, one identity), iopub (SUB), heartbeat (REQ).</summary>
public sealed class KernelConnection : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly Heartbeat _heartbeat = new();
    private readonly ChannelSocket _beats;
    private readonly ChannelSocket[] _sockets;
    private readonly ChannelReceiver[] _receivers;
    private readonly ChannelSender[] _senders;

    private KernelConnection(ConnectionInfo info, IKernelSink sink, TimeProvider time)
    {
        _time = time;
        // One identity for all: a kernel sends its input_request to the stdin peer that has the identity of the request's shell peer.
        var identity = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        var seen = new SeenSignatures();
        _receivers = Array.ConvertAll(Enum.GetValues<KernelChannel>(), channel => new ChannelReceiver(channel, info.Key, seen, sink));
        _sockets =
        [
            new ChannelSocket(Address(info, info.ShellPort), "DEALER", identity, _receivers[(int)KernelChannel.Shell], time),
            new ChannelSocket(Address(info, info.IOPubPort), "SUB", [], _receivers[(int)KernelChannel.IOPub], time),
            new ChannelSocket(Address(info, info.StdinPort), "DEALER", identity, _receivers[(int)KernelChannel.Stdin], time),
            new ChannelSocket(Address(info, info.ControlPort), "DEALER", identity, _receivers[(int)KernelChannel.Control], time),
        ];
        _senders = Array.ConvertAll(_sockets, socket => new ChannelSender(socket, info.Key));
        _beats = new ChannelSocket(Address(info, info.HeartbeatPort), "REQ", [], _heartbeat, time);
        Completion = Task.WhenAll([.. _sockets.Select(RunAsync), RunAsync(_beats)]);
    }

    /// <summary>Ends when the connection is disposed of; fails when the sink throws, and then nothing is received any more.</summary>
    public Task Completion { get; }

    /// <summary>
    /// Starts to connect; sockets connect in the background and again when the kernel binds late or restarts on the same addresses.
    /// </summary>
    /// <exception cref="ArgumentException">The transport is neither ipc nor tcp, or a socket's path is longer than the system allows (107 bytes).</exception>
    public static KernelConnection Open(ConnectionInfo info, IKernelSink sink, TimeProvider? time = null) => new(info, sink, time ?? TimeProvider.System);

    private static EndPoint Address(ConnectionInfo info, int port) => info.Transport switch
    {
        "ipc" => new UnixDomainSocketEndPoint($"{info.Ip}-{port}"),
        "tcp" when IPAddress.TryParse(info.Ip, out var address) =>
            new IPEndPoint(address.Equals(IPAddress.Any) ? IPAddress.Loopback : address, port),
        "tcp" => new DnsEndPoint(info.Ip, port),
        _ => throw new ArgumentException($"The transport {info.Transport} is not known: ipc and tcp are.", nameof(info)),
    };

    private async Task RunAsync(ChannelSocket socket)
    {
        try
        {
            // Off the caller's thread, so that the sink is never called inside Open.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await socket.RunAsync(_stop.Token);
        }
        finally
        {
            await _stop.CancelAsync();
        }
    }

    /// <summary>Completes when all sockets have finished their handshake.</summary>
    /// <exception cref="ObjectDisposedException">The connection was disposed of, or ended.</exception>
    public Task WaitConnectedAsync(CancellationToken cancellationToken) =>
        Task.WhenAll([.. _sockets.Select(s => s.WaitConnectedAsync(cancellationToken)), _beats.WaitConnectedAsync(cancellationToken)]);

    /// <summary>
    /// Signs and sends a message. On a socket that is not connected it waits; a message that a lost connection cut off is sent again,
    /// whole, on the next one. Cancellation counts until the first byte is written. Nothing is ever sent on iopub.
    /// </summary>
    /// <exception cref="ArgumentException">The channel is iopub.</exception>
    /// <exception cref="ObjectDisposedException">The connection was disposed of, or ended.</exception>
    public ValueTask SendAsync(KernelChannel channel, KernelMessage message, CancellationToken cancellationToken = default) =>
        channel == KernelChannel.IOPub
            ? throw new ArgumentException("A client sends nothing on iopub.", nameof(channel))
            : _senders[(int)channel].SendAsync(message, cancellationToken);

    /// <summary>
    /// Sends a heartbeat and waits for its echo; false when it did not come within <paramref name="limit"/>. One at a time:
    /// a second call gives up the first.
    /// </summary>
    public async Task<bool> BeatAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var (body, echo) = _heartbeat.Next();
        using var late = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            // A REQ's message starts with an empty frame.
            await _beats.SendAsync([ReadOnlyMemory<byte>.Empty, body], either.Token);
            await echo.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var receiver in _receivers) receiver.Dispose();
        foreach (var sender in _senders) sender.Dispose();
    }
}
