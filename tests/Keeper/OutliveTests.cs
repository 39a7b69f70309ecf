using Holdfast.Keeper.Contract;

namespace Holdfast.Keeper.Tests;

/// <summary>What outlives what.</summary>
public sealed class OutliveTests(PythonKernel python)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kernel_ClientGone_GoesOnAndIsFoundAgain()
    {
        await using var keeper = new KeeperProgram();
        var first = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, first, "run.ipynb");
        string id;
        using (var talk = new KernelTalk(first, kernel))
        {
            id = await talk.ExecuteAsync("import sys\nfor i in range(1000): print('line', i)");
            await first.DisposeAsync();
        }

        var second = await keeper.ConnectAsync();
        var found = Assert.Single(second.Kernels);
        Assert.Equal(kernel.Id, found.Id);
        Assert.Equal("run.ipynb", Assert.Single(found.Sessions).Path);
        using var again = new KernelTalk(second, found);
        var text = new System.Text.StringBuilder();
        await again.FinishAsync(id, seen =>
        {
            if (seen.Parent == id && seen.Type == "stream") text.Append(System.Text.Json.JsonDocument.Parse(seen.Content).RootElement.GetProperty("text").GetString());
        });
        Assert.Equal(string.Concat(Enumerable.Range(0, 1000).Select(i => $"line {i}\n")), text.ToString());
    }

    [Fact]
    public async Task Kernel_KeeperKilled_IsTakenUpByTheNextWithANamedGap()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client, "run.ipynb");
        using var talk = new KernelTalk(client, kernel);
        await talk.FinishAsync(await talk.ExecuteAsync("x = 41"));

        var killed = client.KeeperProcessId;
        await KeeperProgram.KillAsync(client);
        var next = await keeper.ConnectAsync();

        Assert.NotEqual(killed, next.KeeperProcessId);
        var found = Assert.Single(next.Kernels);
        Assert.Equal(kernel.ProcessId, found.ProcessId);
        using var again = new KernelTalk(next, found);
        await again.ReadUntilAsync(seen => seen.Kind == RecordKind.Event && seen.Content.Contains("\"gap\"", StringComparison.Ordinal));
        Assert.True((await next.WaitReadyAsync(found.Id, Cancellation)).Ok);
        var printed = "";
        await again.FinishAsync(await again.ExecuteAsync("print(x + 1)"), seen => printed += seen.Type == "stream" ? seen.Content : "");
        Assert.Contains("42", printed);
    }

    [Fact]
    public async Task Flood_20000DisplaysWithNobodyReading_AreAllInTheJournal()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client);
        using var talk = new KernelTalk(client, kernel);

        var id = await talk.ExecuteAsync("from IPython.display import display\nfor i in range(20000): display(i)");
        var next = 0;
        await talk.FinishAsync(id, seen =>
        {
            if (seen.Parent != id || seen.Type != "display_data") return;
            Assert.Contains($"\"text/plain\": \"{next++}\"", seen.Content);
        });

        Assert.Equal(20000, next);
    }

    [Fact]
    public async Task Keeper_SecondOneForTheSameState_GivesWayToTheFirst()
    {
        await using var keeper = new KeeperProgram();
        var first = await keeper.ConnectAsync();

        var (second, error) = Processes.ChildProcess.Start(
            [Environment.ProcessPath!, "keeper", "run", "--state", keeper.Home.StateFolder], PythonKernel.Variables, "/", "/dev/null");

        Assert.Null(error);
        Assert.Equal("ended with exit code 1", (await second!.Exited.WaitAsync(Cancellation)).ToString());
        Assert.Equal(first.KeeperProcessId, (await keeper.ConnectAsync()).KeeperProcessId);
    }

    [Theory]
    [InlineData("""{"record":null,"argv":[]}""")]
    [InlineData("""{"record":{""")]
    [InlineData("[]")]
    public async Task Keeper_BrokenKernelFolder_StartsAllTheSame(string kernel)
    {
        await using var keeper = new KeeperProgram();
        var folder = Directory.CreateDirectory(Path.Combine(keeper.Home.KernelsFolder, "broken")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "kernel.json"), kernel, Cancellation);
        Assert.Empty((await keeper.ConnectAsync()).Kernels);
    }

    [Fact]
    public async Task Shutdown_Kernel_LeavesNoSocketBehind()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client);
        Assert.NotEmpty(Directory.GetFiles(keeper.Home.RuntimeFolder, "k-*"));
        Assert.True((await client.ShutdownAsync(kernel.Id, Cancellation)).Ok);
        Assert.Empty(Directory.GetFiles(keeper.Home.RuntimeFolder, "k-*"));
    }

    [Fact]
    public void Home_StateFolderOpenToOthers_IsClosedToThem()
    {
        var folder = Directory.CreateTempSubdirectory("hf-").FullName;
        var home = new KeeperHome(Path.Combine(folder, "state"), Path.Combine(folder, "run"));
        Directory.CreateDirectory(home.StateFolder, (UnixFileMode)0b111_101_101);
        Assert.Null(home.Prepare());
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(home.StateFolder));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Home_FolderOfSocketsTooLong_IsSaid()
    {
        var home = new KeeperHome("/nowhere", "/" + new string('x', 90));
        Assert.Contains("too long", home.Prepare(), StringComparison.Ordinal);
    }
}
