using Holdfast.Keeper.Client;

namespace Holdfast.Keeper.Tests;

/// <summary>A new release while kernels of an older keeper run.</summary>
public sealed class UpgradeTests(PythonKernel python)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Keeper_OfAnOlderRelease_WorksWithANewClient_AndThatIsSaid()
    {
        await using var keeper = new KeeperProgram();
        var direct = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, direct, "n.ipynb");
        using var older = new OlderKeeper(keeper.Home);
        await using var client = (await KeeperClient.FindAsync(older.Home, Cancel)).Value!;

        // What was running before is there, takes requests, and its answers are recorded.
        Assert.Equal(kernel.Id, Assert.Single(client.Kernels).Id);
        using (var talk = new KernelTalk(client, kernel)) Assert.Equal("42\n", await talk.PrintedAsync(await talk.ExecuteAsync("print(6 * 7)")));
        Assert.True((await client.InterruptAsync(kernel.Id, Cancel)).Ok);
        Assert.True((await client.SetSessionsAsync(kernel.Id, [], Cancel)).Ok);
        Assert.True((await client.RestartAsync(kernel.Id, Cancel)).Ok);
        using (var talk = new KernelTalk(client, kernel)) Assert.Equal("1\n", await talk.PrintedAsync(await talk.ExecuteAsync("print(1)")));

        // What it does not know is not asked of it, and the connection stays.
        Assert.Equal("too-old", (await client.MeasureAsync(Cancel)).Failure?.Code);
        Assert.Null(client.KeeperVersion);
        Assert.Contains($"process {direct.KeeperProcessId}", client.Renewal, StringComparison.Ordinal);
        Assert.Contains("'holdfast keeper stop'", client.Renewal, StringComparison.Ordinal);
        Assert.True((await client.ShutdownAsync(kernel.Id, Cancel)).Ok);
        Assert.Empty(client.Kernels);
        Assert.Equal(0, older.HungUp);
    }

    [Fact]
    public async Task Keeper_OfThisRelease_CountsWhatItWrites()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client);
        using var talk = new KernelTalk(client, kernel);
        var before = (await client.MeasureAsync(Cancel)).Value!;
        await talk.PrintedAsync(await talk.ExecuteAsync("print('x' * 100_000)"));
        var after = (await client.MeasureAsync(Cancel)).Value!;

        Assert.Null(client.Renewal);
        Assert.Equal(KeeperClient.OwnVersion, client.KeeperVersion);
        Assert.InRange(after.Records - before.Records, 5, 30);
        Assert.InRange(after.Bytes - before.Bytes, 100_000, 200_000);
        Assert.True(after.Syncs.Sum() >= before.Syncs.Sum() && after.SyncSeconds >= before.SyncSeconds);
        Assert.InRange(after.ResidentBytes, 1 << 20, 1L << 33);
    }
}
