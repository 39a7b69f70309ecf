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
    public async Task Control_ShutdownWhileShellWorks_IsAnsweredAndTheKernelEnds()
    {
        await using var kernel = KernelProcess.Start();
        await using var client = await Client.ConnectAsync(kernel.Info);

        var id = await client.ExecuteAsync("import time; time.sleep(60)");
        await client.Journal.FirstAsync(s => s.Parent.MessageId == id && s.Header.MessageType == "execute_input");
        kernel.Interrupt();
        Assert.Contains("KeyboardInterrupt", (await client.ReplyAsync(id)).Content, StringComparison.Ordinal);

        await client.ReplyAsync(await client.SendAsync(KernelChannel.Control, "shutdown_request", """{"restart":false}"""));
        await kernel.Process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Heartbeat_KernelLivesStopsAndDies_SaysSo()
    {
        await using var kernel = KernelProcess.Start();
        await using var client = await Client.ConnectAsync(kernel.Info);

        Assert.True(await client.Connection.BeatAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
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
        Assert.True(await client.Connection.BeatAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken));
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
        await using (var first = await Client.ConnectAsync(kernel.Info)) Assert.Empty(first.Journal.Refused);

        // A kernel that has another key refuses our request; what it says by itself we refuse.
        kernel.Info.Write(Path.Combine(kernel.Folder.FullName, "k2"));
        var other = kernel.Info with { Key = "not the key" };
        await using var client = new Client(other, new Journal());
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
}
