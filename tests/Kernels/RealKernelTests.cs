using System.Text;
using Holdfast.Kernels.Tests.Peers;

namespace Holdfast.Kernels.Tests;

public sealed class RealKernelTests
{
    [Theory]
    [InlineData("ipc")]
    [InlineData("tcp")]
    public async Task Execute_Print_ArrivesWithReplyAndIdle(string transport)
    {
        await using var kernel = KernelProcess.Start(transport);
        await using var client = await Client.ConnectAsync(kernel.Info);

        var id = await client.ExecuteAsync("print('tide')");

        Assert.Contains("\"ok\"", (await client.ReplyAsync(id)).Content, StringComparison.Ordinal);
        await client.IdleAsync(id);
        var stream = await client.Journal.FirstAsync(s => s.Header.MessageType == "stream" && s.Parent.MessageId == id);
        Assert.Equal("tide\n", stream.Json.GetProperty("text").GetString());
        Assert.Empty(client.Journal.Refused);
        Assert.DoesNotContain("holdfast", kernel.LastWords, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_AskedByTheCell_IsRoutedToOurStdin()
    {
        await using var kernel = KernelProcess.Start();
        await using var client = await Client.ConnectAsync(kernel.Info);

        var id = await client.ExecuteAsync("print(input('name? ')[::-1])", stdin: true);
        var request = await client.Journal.FirstAsync(s => s.Channel == KernelChannel.Stdin);
        await client.SendAsync(KernelChannel.Stdin, "input_reply", """{"status":"ok","value":"edit"}""");

        Assert.Equal("name? ", request.Json.GetProperty("prompt").GetString());
        Assert.Equal(id, request.Parent.MessageId);
        await client.Journal.FirstAsync(s => s.Content.Contains("tide", StringComparison.Ordinal) && s.Header.MessageType == "stream");
    }

    [Fact]
    public async Task Interrupt_ThenShutdownOnControl_AreAnsweredAndTheKernelEnds()
    {
        await using var kernel = KernelProcess.Start();
        await using var client = await Client.ConnectAsync(kernel.Info);

        // An interrupt between execute_input and the user's code is lost in ipykernel, and the reply with it.
        var id = await client.ExecuteAsync("import time; print('on', flush=True); time.sleep(60)");
        await client.Journal.FirstAsync(s => s.Parent.MessageId == id && s.Header.MessageType == "stream");
        kernel.Interrupt();
        Assert.Contains("KeyboardInterrupt", (await client.ReplyAsync(id)).Content, StringComparison.Ordinal);

        await client.ReplyAsync(await client.SendAsync(KernelChannel.Control, "shutdown_request", """{"restart":false}"""));
        await kernel.Process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Heartbeat_KernelLivesStopsAndDies_SaysSo()
    {
        await using var kernel = KernelProcess.Start();
        await using var client = await Client.ConnectAsync(kernel.Info);

        Assert.True(await client.Connection.BeatAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        await kernel.KillAsync();
        Assert.False(await client.Connection.BeatAsync(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("ipc")]
    [InlineData("tcp")]
    public async Task Restart_OnTheSameAddresses_SocketsConnectByThemselves(string transport)
    {
        await using var kernel = KernelProcess.Start(transport);
        await using var client = await Client.ConnectAsync(kernel.Info);
        await kernel.KillAsync();

        kernel.Launch();

        await client.NudgeAsync();
        var id = await client.ExecuteAsync("1+1");
        await client.IdleAsync(id);
        await client.Connection.WaitConnectedAsync(TestContext.Current.CancellationToken);
        Assert.True(await client.Connection.BeatAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Send_BeforeTheKernelIsThere_WaitsForIt()
    {
        await using var kernel = KernelProcess.Start();
        await using var client = new Client(kernel.Info, new Journal());

        var id = await client.ExecuteAsync("1+1");

        await client.ReplyAsync(id);
    }

    [Fact]
    public async Task Signature_WithAnotherKey_IsReportedAndNotDelivered()
    {
        await using var kernel = KernelProcess.Start();
        await using var client = new Client(kernel.Info with { Key = "not the key" }, new Journal());
        await client.Connection.WaitConnectedAsync(TestContext.Current.CancellationToken);

        // A client that has the right key makes the kernel speak.
        await using var right = await Client.ConnectAsync(kernel.Info);

        Assert.Contains("signature is wrong", await client.Journal.RefusalAsync(), StringComparison.Ordinal);
        Assert.Empty(client.Journal.All);
    }

    [Fact]
    public async Task Buffers_OfAComm_GoThereAndBack()
    {
        await using var kernel = KernelProcess.Start();
        await using var client = await Client.ConnectAsync(kernel.Info);
        await client.IdleAsync(await client.ExecuteAsync("""
            from ipykernel.comm import Comm
            def opened(comm, message):
                comm.on_msg(lambda m: comm.send({}, buffers=[bytes(b)[::-1] for b in m['buffers']]))
            get_ipython().kernel.comm_manager.register_target('echo', opened)
            """));
        var large = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i:d10}")));

        await client.SendAsync(KernelChannel.Shell, "comm_open", """{"comm_id":"c","target_name":"echo","data":{}}""");
        await client.SendAsync(KernelChannel.Shell, "comm_msg", """{"comm_id":"c","data":{}}""", "ab"u8.ToArray(), Array.Empty<byte>(), large);

        var answer = await client.Journal.FirstAsync(s => s.Channel == KernelChannel.IOPub && s.Header.MessageType == "comm_msg");
        Array.Reverse(large);
        Assert.Equal(3, answer.Buffers.Length);
        Assert.Equal("ba"u8, answer.Buffers[0]);
        Assert.Empty(answer.Buffers[1]);
        Assert.Equal(large, answer.Buffers[2]);
    }

    [Fact]
    public async Task Sink_Throws_ConnectionEndsAndSaysSo()
    {
        await using var kernel = KernelProcess.Start();
        var connection = KernelConnection.Open(kernel.Info, new ThrowingSink());
        await connection.WaitConnectedAsync(TestContext.Current.CancellationToken);
        var request = new KernelMessage(
            MessageHeader.Create("kernel_info_request", "s", "u", default, out _), "{}"u8.ToArray(), "{}"u8.ToArray(), "{}"u8.ToArray(), []);

        await connection.SendAsync(KernelChannel.Shell, request, TestContext.Current.CancellationToken);

        var ended = await Assert.ThrowsAsync<InvalidOperationException>(() => connection.Completion.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.Equal("no disk", ended.Message);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
            await connection.SendAsync(KernelChannel.Shell, request, TestContext.Current.CancellationToken));
        await connection.DisposeAsync();
    }

    private sealed class ThrowingSink : IKernelSink
    {
        public void OnMessage(KernelChannel channel, in KernelMessage message)
        {
            // Not at the broadcast of its start, which may come before everything is connected.
            if (channel == KernelChannel.Shell) throw new InvalidOperationException("no disk");
        }

        public ValueTask OnDrainedAsync(KernelChannel channel) => ValueTask.CompletedTask;

        public void OnRefused(KernelChannel channel, string reason) { }
    }
}
