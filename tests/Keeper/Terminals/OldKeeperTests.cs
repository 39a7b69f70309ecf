using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;

namespace Holdfast.Keeper.Tests.Terminals;

public sealed class OldKeeperTests
{
    [Fact]
    public async Task Keeper_OlderThanTerminals_IsNotAskedForAnyAndThatIsSaid()
    {
        var folder = Directory.CreateTempSubdirectory("hf-").FullName;
        var home = new KeeperHome(Path.Combine(folder, "state"), Path.Combine(folder, "run"));
        Assert.Null(home.Prepare());
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(home.SocketPath));
        listener.Listen();
        var old = GreetAsync(listener);

        var found = await KeeperClient.FindAsync(home, TestContext.Current.CancellationToken);
        await using var client = found.Value!;
        var refused = await client.StartTerminalAsync(
            new TerminalStart { Environment = new Dictionary<string, string>(), WorkingFolder = "/" }, TestContext.Current.CancellationToken);

        Assert.True(found.Ok, found.Failure?.Message);
        Assert.False(client.KnowsTerminals);
        Assert.Empty(client.Terminals);
        Assert.Equal("too-old", refused.Failure?.Code);
        Assert.Contains("process 4711", refused.Failure!.Message, StringComparison.Ordinal);
        using var connection = await old;
        Assert.Equal(0, connection.Available);
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Does what a keeper of protocol 2 did before there were terminals: answers the first frame with a hello.</summary>
    private static async Task<Socket> GreetAsync(Socket listener)
    {
        var client = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        using var stream = new NetworkStream(client, ownsSocket: false);
        var head = new byte[9];
        await stream.ReadExactlyAsync(head, TestContext.Current.CancellationToken);
        await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32LittleEndian(head)], TestContext.Current.CancellationToken);
        var hello = Encoding.UTF8.GetBytes("""{"protocol":2,"process_id":4711,"started":"2026-01-01T00:00:00+00:00","kernels":[]}""");
        var frame = new byte[9 + hello.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, hello.Length);
        frame[4] = 128;
        hello.CopyTo(frame, 9);
        await stream.WriteAsync(frame, TestContext.Current.CancellationToken);
        return client;
    }
}
