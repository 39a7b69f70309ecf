using System.Net;
using System.Threading.Channels;
using Holdfast.Kernels.Wire;

namespace Holdfast.Kernels.Tests.Peers;

/// <summary>A <see cref="ChannelSocket"/> under test: what it received, as events in order.</summary>
internal sealed class Frames : IFrameReceiver, IAsyncDisposable
{
    private readonly Channel<object> _events = Channel.CreateUnbounded<object>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public Frames(EndPoint address, string type = "DEALER")
    {
        Socket = new ChannelSocket(address, type, "me"u8, this, TimeProvider.System);
        _run = Task.Run(() => Socket.RunAsync(_stop.Token));
    }

    public static object Drained { get; } = "drained";

    public ChannelSocket Socket { get; }

    /// <summary>What a drain waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public void OnMessage(ReceiveBuffer message) =>
        _events.Writer.TryWrite(Enumerable.Range(0, message.Frames).Select(i => message.Frame(i).ToArray()).ToArray());

    public ValueTask OnDrainedAsync()
    {
        _events.Writer.TryWrite(Drained);
        return new ValueTask(Gate);
    }

    public void OnFault(string reason) => _events.Writer.TryWrite(reason);

    public async Task<object> NextAsync() =>
        await _events.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

    public async Task<byte[][]> MessageAsync()
    {
        object next;
        while ((next = await NextAsync()) == Drained)
        {
        }

        return Assert.IsType<byte[][]>(next);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }
}
