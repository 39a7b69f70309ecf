using System.Diagnostics;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;

namespace Holdfast.Keeper.Tests;

/// <summary>Somebody sets the computer's clock while kernels run.</summary>
public sealed class ClockTests(PythonKernel python)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-400)]
    [InlineData(400)]
    public async Task Clock_SetWhileAKernelRuns_NothingStopsAndRecordsStayInOrder(int days)
    {
        var clock = new SteppedClock();
        await using var keeper = new KeeperProgram();
        keeper.RunHere(clock);
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client, "run.ipynb");
        using var talk = new KernelTalk(client, kernel);
        Assert.Equal("1\n", await talk.PrintedAsync(await talk.ExecuteAsync("print(1)")));

        clock.Step = TimeSpan.FromDays(days);

        // A flood, which is gathered by timers; an interrupt; a process that dies and is started again.
        Assert.Equal(string.Concat(Enumerable.Range(0, 500).Select(i => $"{i}\n")), await talk.PrintedAsync(await talk.ExecuteAsync("for i in range(500): print(i, flush=True)")));
        using (var process = Process.GetProcessById(client.Find(kernel.Id)!.ProcessId!.Value)) process.Kill();
        await talk.ReadUntilAsync(seen => seen.Kind == RecordKind.Event && seen.Content.Contains("restarting", StringComparison.Ordinal));
        await talk.ReadUntilAsync(seen => seen.Kind == RecordKind.Event && seen.Content.Contains("started", StringComparison.Ordinal));
        Assert.True((await client.WaitReadyAsync(kernel.Id, Cancellation)).Ok);
        Assert.Equal("2\n", await talk.PrintedAsync(await talk.ExecuteAsync("print(2)")));
        Assert.True((await client.ShutdownAsync(kernel.Id, Cancellation)).Ok);

        using var reader = JournalReader.Open(kernel.JournalFolder);
        var next = 1L;
        while (reader.TryRead(out var record)) Assert.Equal(next++, record.Sequence);
        Assert.Empty(reader.Damage);
        // Everything is on the disk: the group commit did not wait for a time that had passed.
        Assert.True(File.Exists(Path.Combine(kernel.JournalFolder, "closed")));
    }

    [Fact]
    public async Task Clock_SetBackBetweenTwoKeepers_TheGapIsNotLessThanNothing()
    {
        await using var keeper = new KeeperProgram();
        var first = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, first, "run.ipynb");
        await first.DisposeAsync();
        await KeeperProgram.KillAsync(first);

        var clock = new SteppedClock { Step = TimeSpan.FromDays(-2) };
        keeper.RunHere(clock);
        var second = await keeper.ConnectAsync();
        using var talk = new KernelTalk(second, kernel);
        var gap = default(Seen);
        await talk.ReadUntilAsync(seen => seen.Kind == RecordKind.Event && seen.Content.Contains("\"gap\"", StringComparison.Ordinal), seen => gap = seen);

        using var content = System.Text.Json.JsonDocument.Parse(gap.Content);
        Assert.True(content.RootElement.GetProperty("until").GetDateTimeOffset() >= content.RootElement.GetProperty("from").GetDateTimeOffset());
    }

    /// <summary>The system's clock with a step in its time of day; spans and timers go on.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;
    }
}
