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
}
