using System.Text;
using System.Text.Json;
using Holdfast.Kernels.Tests.Peers;

namespace Holdfast.Kernels.Tests;

/// <summary>Kernels that are faster than their reader.</summary>
public sealed class FloodTests
{
    private static async Task<SlowSink> FloodAsync(string code, TimeSpan perMessage, Func<KernelProcess, Task>? meanwhile = null)
    {
        await using var kernel = KernelProcess.Start();
        var sink = new SlowSink(perMessage);
        await using var connection = KernelConnection.Open(kernel.Info, sink);
        await using var asker = await Client.ConnectAsync(kernel.Info);
        sink.Awaited = Guid.NewGuid().ToString();
        await connection.WaitConnectedAsync(TestContext.Current.CancellationToken);
        // The asking client must not be a second reader that is in the way: it goes before the flood starts.
        await asker.DisposeAsync();
        var header = $$"""{"msg_id":"{{sink.Awaited}}","msg_type":"execute_request","session":"s","username":"u","date":"2026-01-01T00:00:00Z","version":"5.3"}""";
        var content = $$"""{"code":"{{JsonEncodedText.Encode(code)}}","silent":false,"store_history":false,"user_expressions":{},"allow_stdin":false}""";
        await connection.SendAsync(
            KernelChannel.Shell,
            new KernelMessage(Bytes(header), Bytes("{}"), Bytes("{}"), Bytes(content), []),
            TestContext.Current.CancellationToken);
        if (meanwhile is not null) await meanwhile(kernel);
        await sink.Idle.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("holdfast", kernel.LastWords, StringComparison.Ordinal);
        return sink;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Fact]
    public async Task Displays_TwentyThousandThroughASlowReader_AllArriveAndIdle()
    {
        var sink = await FloodAsync("for i in range(20000): display(i)", TimeSpan.FromMicroseconds(400));

        Assert.Equal(20_000, sink.Displays);
        Assert.Equal(0, sink.Refused);
    }

    [Fact]
    public async Task Prints_HundredMegabytes_AllBytesArriveAndMemoryOfBothStaysFlat()
    {
        const string Code = """
            import resource
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            line = 'x' * 999
            for i in range(100_000): print(line)
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            display(grown)
            """;

        var sink = await FloodAsync(Code, TimeSpan.FromMilliseconds(10));

        Assert.InRange(sink.StreamBytes, 100_000_000, 110_000_000);
        // The kernel's own measure, in KiB.
        var grown = int.Parse(JsonDocument.Parse(sink.LastDisplay).RootElement.GetProperty("data").GetProperty("text/plain").GetString()!, null);
        Assert.InRange(grown, 0, 64 * 1024);
        TestContext.Current.SendDiagnosticMessage($"kernel grew by {grown} KiB");
    }
}
