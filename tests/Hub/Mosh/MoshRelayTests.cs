using System.Net;
using System.Net.Sockets;
using System.Text;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Mosh;
using Holdfast.Hub.Tests.People;

namespace Holdfast.Hub.Tests.Mosh;

/// <summary>A UDP port of the hub and what is behind it: real sockets on both sides, and a server that answers whom the test says.</summary>
public sealed class MoshRelayTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-mosh-").FullName;
    private readonly Socket _machine = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Socket _port = new MoshRange(1, 1).Take(0)!;
    private readonly ManualClock _clock = new();
    private readonly CancellationTokenSource _end = new();
    private readonly MoshRelay _relay;
    private readonly Task _relaying;

    public MoshRelayTests()
    {
        _machine.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "way")));
        _machine.Listen(100);
        _relay = new MoshRelay(_port, ConnectAsync, _clock);
        _relaying = _relay.RunAsync(_end.Token);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _relaying;
        _port.Dispose();
        _machine.Dispose();
        _end.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Client_FromAnotherAddress_GetsTheAnswersThere()
    {
        using var train = Client();
        using var office = Client();

        await SayAsync(train, "one");
        using var first = await _machine.AcceptAsync(Cancellation);
        Assert.Equal("one", await HearAsync(first));
        await AnswerAsync(first, "uno");
        Assert.Equal("uno", await ReadAsync(train));
        await SayAsync(office, "two");
        using var second = await _machine.AcceptAsync(Cancellation);
        Assert.Equal("two", await HearAsync(second));
        await AnswerAsync(second, "due");

        Assert.Equal("due", await ReadAsync(office));
        Assert.Equal(0, train.Available);
        // The way of before is there as long as nobody needs its place.
        await SayAsync(train, "three");
        Assert.Equal("three", await HearAsync(first));
        // As large as they come, and empty ones.
        await SayAsync(office, new string('x', 60_000));
        Assert.Equal(60_000, (await HearAsync(second)).Length);
        await SayAsync(office, "");
        Assert.Equal("", await HearAsync(second));
    }

    [Fact]
    public async Task Strangers_HoweverMany_DoNotTakeTheClientsWay()
    {
        using var client = Client();
        await SayAsync(client, "hello");
        using var true_ = await _machine.AcceptAsync(Cancellation);
        await HearAsync(true_);
        await AnswerAsync(true_, "yes");
        Assert.Equal("yes", await ReadAsync(client));

        var ways = new List<Socket>();
        // Open to the end: the port of one that is closed may be the next one's.
        var strangers = new List<Socket>();
        for (var each = 0; each < 3 * MoshRelay.MostFlows; each++)
        {
            var stranger = Client();
            strangers.Add(stranger);
            _clock.Now += TimeSpan.FromSeconds(2);
            await SayAsync(stranger, $"{each}");
            var way = await _machine.AcceptAsync(Cancellation);
            ways.Add(way);
            Assert.Equal($"{each}", await HearAsync(way));
        }

        // The last ones have a way, those before have none any more.
        var open = 0;
        foreach (var way in ways[..^(MoshRelay.MostFlows - 1)]) Assert.Equal("", await HearAsync(way));
        foreach (var way in ways[^(MoshRelay.MostFlows - 1)..]) open += way.Available == 0 && !way.Poll(0, SelectMode.SelectRead) ? 1 : 0;
        Assert.Equal(MoshRelay.MostFlows - 1, open);
        await SayAsync(client, "still");
        Assert.Equal("still", await HearAsync(true_));
        foreach (var socket in ways.Concat(strangers)) socket.Dispose();
    }

    [Fact]
    public async Task Flood_WithinASecond_OpensNoMoreWaysThanThereArePlaces()
    {
        var strangers = Enumerable.Range(0, 3 * MoshRelay.MostFlows).Select(_ => Client()).ToList();
        foreach (var stranger in strangers) await SayAsync(stranger, "x");
        var ways = new List<Socket>();
        while (ways.Count < MoshRelay.MostFlows) ways.Add(await _machine.AcceptAsync(Cancellation));
        // One after the other: with this one all of them were looked at.
        await SayAsync(strangers[0], "last");
        while (await HearAsync(ways[0]) != "last") { }

        // A place is free for who comes later.
        _clock.Now += TimeSpan.FromSeconds(2);
        using var client = Client();
        await SayAsync(client, "late");
        using var next = await _machine.AcceptAsync(Cancellation);
        Assert.Equal("late", await HearAsync(next));
        foreach (var socket in ways.Concat(strangers)) socket.Dispose();
        strangers.ForEach(stranger => stranger.Dispose());
    }

    [Fact]
    public async Task Work_IsWhatTheClientSaysMoreOftenThanItsHeartBeats()
    {
        using var client = Client();
        using var stranger = Client();
        await SayAsync(client, "a");
        using var way = await _machine.AcceptAsync(Cancellation);
        await HearAsync(way);
        await AnswerAsync(way, "b");
        await ReadAsync(client);

        for (var beat = 0; beat < 3; beat++)
        {
            _clock.Now += TimeSpan.FromSeconds(3);
            await SayAsync(client, "beat");
            await HearAsync(way);
        }
        await SayAsync(stranger, "x");
        using var other = await _machine.AcceptAsync(Cancellation);
        await SayAsync(stranger, "x");
        await HearAsync(other);
        await HearAsync(other);
        Assert.Null(_relay.LastAtWork);
        await SayAsync(client, "key");
        await HearAsync(way);
        Assert.Equal(_clock.GetUtcNow(), _relay.LastAtWork);
    }

    [Fact]
    public void Range_OfPorts_IsTakenOneByOneAndNoFurther()
    {
        using var held = new MoshRange(1, 1).Take(0)!;
        var port = ((IPEndPoint)held.LocalEndPoint!).Port;

        Assert.Null(new MoshRange(port, port).Take());
        using var next = new MoshRange(port, Math.Min(port + 20, ushort.MaxValue)).Take();
        Assert.InRange(((IPEndPoint)next!.LocalEndPoint!).Port, port + 1, port + 20);
    }

    private async Task<HubResult<Socket>> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_folder, "way")), cancellationToken);
        return socket;
    }

    private Socket Client()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(_port.LocalEndPoint!);
        return socket;
    }

    private static async Task SayAsync(Socket client, string text) => await client.SendAsync(Encoding.ASCII.GetBytes(text), Cancellation);

    private static async Task<string> ReadAsync(Socket client)
    {
        var buffer = new byte[DatagramStream.BufferSize];
        return Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer.AsMemory(), Cancellation));
    }

    /// <summary>The next datagram that comes into the machine; nothing at the end.</summary>
    private static async Task<string> HearAsync(Socket way)
    {
        var buffer = new byte[DatagramStream.BufferSize];
        return Encoding.ASCII.GetString(buffer, 0, Math.Max(0, await DatagramStream.ReadAsync(way, buffer, Cancellation)));
    }

    private static async Task AnswerAsync(Socket way, string text)
    {
        var buffer = new byte[DatagramStream.BufferSize];
        Encoding.ASCII.GetBytes(text, buffer.AsSpan(DatagramStream.Head));
        await DatagramStream.WriteAsync(way, buffer, text.Length, Cancellation);
    }
}
