using System.Globalization;
using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;

namespace Holdfast.Keeper.Tests;

/// <summary><c>kill -9</c> of the keeper at random moments, under a kernel that counts. bench/Faults does this 200 times, with the lab.</summary>
public sealed class KilledKeeperTests(PythonKernel python)
{
    private const int Kills = 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    public async Task Keeper_KilledAtRandomMoments_WhatWasVisibleIsThereOnceInOrderAndHolesAreNamed(int seed)
    {
        await using var keeper = new KeeperProgram();
        var random = new Random(seed);
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client, "run.ipynb");
        List<Seen> seen = [];
        using (var talk = new KernelTalk(client, kernel))
        {
            await talk.FinishAsync(await talk.ExecuteAsync("n = 0\ndef work():\n    global n\n    for _ in range(2000):\n        n += 1\n        print(n, flush=True)"), seen.Add);
        }

        for (var kill = 0; kill < Kills; kill++)
        {
            using (var talk = new KernelTalk(client, kernel, seen[^1].Sequence + 1))
            {
                await talk.ExecuteAsync("work()");
                var more = 1 + random.Next(1000);
                await talk.ReadUntilAsync(_ => --more == 0, seen.Add);
            }

            await KeeperProgram.KillAsync(client);
            await client.DisposeAsync();
            client = await keeper.ConnectAsync();
            Assert.Equal(kernel.ProcessId, client.Find(kernel.Id)!.ProcessId);
            using (var talk = new KernelTalk(client, kernel, seen[^1].Sequence + 1))
            {
                // All of it, to the answer of a request that was sent after the gap.
                Assert.True((await client.WaitReadyAsync(kernel.Id, Cancellation)).Ok);
                await talk.FinishAsync(await talk.ExecuteAsync("pass"), seen.Add);
            }
        }

        // What readers saw while it happened is what is there in the end.
        List<Seen> inTheEnd = [];
        using (var reader = JournalReader.Open(kernel.JournalFolder))
        {
            while (inTheEnd.Count < seen.Count && reader.TryRead(out var record)) inTheEnd.Add(Seen.Of(record));
            Assert.Empty(reader.Damage);
        }

        Assert.Equal(seen, inTheEnd);
        Assert.Equal(Enumerable.Range(1, seen.Count).Select(number => (long)number), seen.Select(record => record.Sequence));
        AssertCounted(seen);
    }

    [Fact]
    public async Task Client_OfAKilledKeeper_HearsOfTheKernelFromTheNext()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client, "run.ipynb");
        using var talk = new KernelTalk(client, kernel);
        // The first keeper has seen more changes than the next one will for long.
        for (var i = 0; i < 20; i++) await talk.FinishAsync(await talk.ExecuteAsync("pass"));
        var killed = client.KeeperProcessId;
        await KeeperProgram.KillAsync(client);
        while (client.KeeperProcessId == killed || !(await client.WaitReadyAsync(kernel.Id, Cancellation)).Ok) await Task.Delay(10, Cancellation);

        var (busy, idle) = (new TaskCompletionSource(), new TaskCompletionSource());
        client.Changed += changed =>
        {
            if (changed.BusySince is not null) busy.TrySetResult();
            else if (busy.Task.IsCompleted) idle.TrySetResult();
        };
        // Of two states in the same moment only the later one is told: the cell waits until the first has been heard.
        var cell = await talk.ExecuteAsync("import os, time\nwhile not os.path.exists('go'): time.sleep(0.05)\nprint(1)");
        await busy.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        await File.WriteAllTextAsync(Path.Combine(keeper.Root, "go"), "", Cancellation);
        Assert.Equal("1\n", await talk.PrintedAsync(cell));
        await idle.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal("idle", client.Find(kernel.Id)!.ExecutionState);
    }

    [Fact]
    public async Task Kernel_ThatWorksWhenItsKeeperIsKilled_IsBusyForTheNext()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client, "run.ipynb");
        using var talk = new KernelTalk(client, kernel);
        // What is on the disk is written while it is idle.
        await client.SetSessionsAsync(kernel.Id, kernel.Sessions, Cancellation);
        var cell = await talk.ExecuteAsync("import os, time\nprint('begun', flush=True)\nwhile not os.path.exists('go'): time.sleep(0.05)");
        await talk.ReadUntilAsync(seen => seen.Parent == cell && seen.Type == "stream");
        var killed = client.KeeperProcessId;
        await KeeperProgram.KillAsync(client);
        while (client.KeeperProcessId == killed) await Task.Delay(10, Cancellation);

        var other = await keeper.ConnectAsync();
        var then = other.Find(kernel.Id)!;
        await File.WriteAllTextAsync(Path.Combine(keeper.Root, "go"), "", Cancellation);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (other.Find(kernel.Id)!.ExecutionState != "idle") await Task.Delay(10, limit.Token);

        Assert.Equal("busy", then.ExecutionState);
        Assert.NotNull(then.BusySince);
    }

    /// <summary>The numbers go on by one; where some are missing, a gap is named between.</summary>
    private static void AssertCounted(List<Seen> seen)
    {
        var (last, gaps, named) = (0, 0, false);
        foreach (var record in seen)
        {
            if (record.Kind == RecordKind.Event && record.Content.Contains("\"gap\"", StringComparison.Ordinal))
            {
                named = true;
                gaps++;
            }

            if (record.Type != "stream") continue;
            using var content = JsonDocument.Parse(record.Content);
            foreach (var word in content.RootElement.GetProperty("text").GetString()!.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var number = int.Parse(word, CultureInfo.InvariantCulture);
                if (named) Assert.True(number > last, $"{number} after {last} in record {record.Sequence}");
                else Assert.Equal(last + 1, number);
                (last, named) = (number, false);
            }
        }

        Assert.Equal(Kills, gaps);
        Assert.True(last > 1);
    }
}
