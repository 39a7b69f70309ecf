using System.Text;
using System.Text.Json;

namespace Holdfast.Kernels.Tests.Peers;

/// <summary>What a keeper and a lab do with a connection, as short as tests want it.</summary>
internal sealed class Client(ConnectionInfo info, Journal journal) : IAsyncDisposable
{
    private static readonly byte[] Empty = "{}"u8.ToArray();

    public Journal Journal => journal;
    public KernelConnection Connection { get; } = KernelConnection.Open(info, journal);

    public static async Task<Client> ConnectAsync(ConnectionInfo info, Journal? journal = null)
    {
        var client = new Client(info, journal ?? new Journal());
        await client.Connection.WaitConnectedAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60));
        await client.NudgeAsync();
        return client;
    }

    /// <summary>Asks for kernel_info until an iopub message shows that the subscription is there.</summary>
    public async Task NudgeAsync()
    {
        while (true)
        {
            var id = await SendAsync(KernelChannel.Shell, "kernel_info_request", "{}");
            await Journal.FirstAsync(s => s.Header.MessageType == "kernel_info_reply" && s.Parent.MessageId == id);
            try
            {
                await Journal.FirstAsync(s => s.Channel == KernelChannel.IOPub && s.Parent.MessageId == id).WaitAsync(TimeSpan.FromSeconds(1));
                await IdleAsync(id);
                return;
            }
            catch (TimeoutException)
            {
                // The subscription came after the status messages.
            }
        }
    }

    public async Task<string> SendAsync(KernelChannel channel, string type, string content, params ReadOnlyMemory<byte>[] buffers)
    {
        var header = MessageHeader.Create(type, "test-session", "tester", TimeProvider.System.GetUtcNow(), out var id);
        await Connection.SendAsync(channel, new KernelMessage(header, Empty, Empty, Encoding.UTF8.GetBytes(content), buffers), TestContext.Current.CancellationToken);
        return id;
    }

    public Task<string> ExecuteAsync(string code, bool stdin = false) => SendAsync(
        KernelChannel.Shell,
        "execute_request",
        $$"""{"code":"{{JsonEncodedText.Encode(code)}}","silent":false,"store_history":false,"user_expressions":{},"allow_stdin":{{(stdin ? "true" : "false")}},"stop_on_error":true}""");

    public Task<Seen> ReplyAsync(string id) => Journal.FirstAsync(s => s.Channel is KernelChannel.Shell or KernelChannel.Control && s.Parent.MessageId == id);

    public Task<Seen> IdleAsync(string id) => Journal.FirstAsync(
        s => s.Channel == KernelChannel.IOPub && s.Parent.MessageId == id && s.Header.MessageType == "status" && s.Content.Contains("idle", StringComparison.Ordinal));

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
