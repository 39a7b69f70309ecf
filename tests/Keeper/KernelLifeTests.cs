using System.Diagnostics;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;

namespace Holdfast.Keeper.Tests;

/// <summary>A kernel's life under a real keeper process.</summary>
public sealed class KernelLifeTests(PythonKernel python)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Execute_Print_IsInTheJournalWithItsRequest()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client, "a.ipynb");
        using var talk = new KernelTalk(client, kernel);

        var id = await talk.ExecuteAsync("print(40 + 2)");
        var printed = "";
        var requested = false;
        await talk.FinishAsync(id, seen =>
        {
            requested |= seen.Kind == RecordKind.ToKernel && seen.Content.Contains("print(40", StringComparison.Ordinal);
            if (seen.Parent == id && seen.Type == "stream") printed += seen.Content;
        });

        Assert.True(requested);
        Assert.Contains("42\\n", printed);
    }

    [Fact]
    public async Task Interrupt_BusyCell_RaisesKeyboardInterrupt()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client);
        using var talk = new KernelTalk(client, kernel);

        var busy = new TaskCompletionSource();
        client.Changed += changed => _ = changed.BusySince is null || busy.TrySetResult();
        var id = await talk.ExecuteAsync("print('begun', flush=True)\nwhile True: pass");
        await talk.ReadUntilAsync(seen => seen.Parent == id && seen.Type == "stream");
        await busy.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.True((await client.InterruptAsync(kernel.Id, Cancellation)).Ok);

        var error = "";
        await talk.FinishAsync(id, seen => error += seen.Type == "error" ? seen.Content : "");
        Assert.Contains("KeyboardInterrupt", error);
    }

    [Fact]
    public async Task Request_OnControlWhileACellRuns_LeavesTheKernelBusy()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client);
        using var talk = new KernelTalk(client, kernel);
        var id = await talk.ExecuteAsync("import os, time\nprint('begun', flush=True)\nwhile not os.path.exists('go'): time.sleep(0.05)");
        await talk.ReadUntilAsync(seen => seen.Parent == id && seen.Type == "stream");

        var debug = await talk.RequestAsync(KernelChannel.Control, "debug_request", """{"type":"request","seq":1,"command":"debugInfo","arguments":{}}"""u8.ToArray());
        await talk.ReadUntilAsync(seen => seen.Parent == debug && seen.Type == "status" && seen.Content.Contains("\"idle\"", StringComparison.Ordinal));

        var asked = await client.SetSessionsAsync(kernel.Id, [], Cancellation);
        Assert.Equal("busy", asked.Value?.ExecutionState);
        await File.WriteAllTextAsync(Path.Combine(keeper.Root, "go"), "", Cancellation);
        await talk.FinishAsync(id);
        Assert.Equal("idle", (await client.SetSessionsAsync(kernel.Id, [], Cancellation)).Value?.ExecutionState);
    }

    [Fact]
    public async Task Allow_OfAKernelThatHasEnded_DoesNotListItAgain()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client);
        Assert.True((await client.ShutdownAsync(kernel.Id, Cancellation)).Ok);

        var allowed = await client.AllowAsync(kernel.Id, 1, Cancellation);

        Assert.Equal(1, allowed.Value?.WholeUpTo);
        Assert.Empty(client.Kernels);
    }

    [Fact]
    public async Task WaitReady_OfAKernelThatIsShutDownMeanwhile_DoesNotListItAgain()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        // It runs, and never answers.
        var started = await client.StartKernelAsync(python.Start(keeper) with { Argv = ["/bin/sh", "-c", "exec sleep 1000", "{connection_file}"] }, Cancellation);
        Assert.True(started.Ok, started.Failure?.Message);
        var waiting = client.WaitReadyAsync(started.Value.Id, Cancellation);

        var ended = await client.ShutdownAsync(started.Value.Id, Cancellation);
        await waiting;

        Assert.True(ended.Ok, ended.Failure?.Message);
        Assert.Empty(client.Kernels);
    }

    [Fact]
    public async Task Restart_Kernel_ForgetsItsVariablesAndKeepsItsJournal()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client);
        using var talk = new KernelTalk(client, kernel);
        await talk.FinishAsync(await talk.ExecuteAsync("x = 1"));

        var restarted = await client.RestartAsync(kernel.Id, Cancellation);

        Assert.True(restarted.Ok, restarted.Failure?.Message);
        Assert.NotEqual(kernel.ProcessId, restarted.Value.ProcessId);
        var error = "";
        await talk.FinishAsync(await talk.ExecuteAsync("x"), seen => error += seen.Type == "error" ? seen.Content : "");
        Assert.Contains("NameError", error);
    }

    [Fact]
    public async Task Kill_KernelProcess_IsSaidAndStartedAgain()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client);
        using var talk = new KernelTalk(client, kernel);

        using (var process = Process.GetProcessById(kernel.ProcessId!.Value)) process.Kill();
        await talk.ReadUntilAsync(seen => seen.Kind == RecordKind.Event && seen.Content.Contains("restarting", StringComparison.Ordinal));
        await talk.ReadUntilAsync(seen => seen.Kind == RecordKind.Event && seen.Content.Contains("started", StringComparison.Ordinal));
        Assert.True((await client.WaitReadyAsync(kernel.Id, Cancellation)).Ok);

        var record = client.Find(kernel.Id)!;
        Assert.Equal(1, record.Restarts);
        Assert.Contains("signal 9", record.Note);
        Assert.DoesNotContain("Its last words", record.Note);
        await talk.FinishAsync(await talk.ExecuteAsync("print(1)"));
    }

    [Fact]
    public async Task Start_KernelThatDies_SaysItsLastWords()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var start = python.Start(keeper) with { Argv = ["/bin/sh", "-c", "echo 'no module named torch' >&2; exit 3"] };

        var started = await client.StartKernelAsync(start, Cancellation);
        var ready = await client.WaitReadyAsync(started.Value!.Id, Cancellation);

        Assert.False(ready.Ok);
        Assert.Contains("exit code 3", ready.Failure.Message);
        Assert.Contains("no module named torch", ready.Failure.Message);
        Assert.Equal("dead", client.Find(started.Value.Id)!.ExecutionState);
    }

    [Fact]
    public async Task Start_ProgramThatIsMissing_IsAFailureThatNamesIt()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();

        var started = await client.StartKernelAsync(python.Start(keeper) with { Argv = ["/no/such/python"] }, Cancellation);

        Assert.False(started.Ok);
        Assert.Contains("/no/such/python", started.Failure.Message);
        Assert.Empty(client.Kernels);
    }

    [Fact]
    public async Task Shutdown_Kernel_EndsItsProcessAndKeepsItsJournal()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client, "notes/a.ipynb");
        using var talk = new KernelTalk(client, kernel);
        await talk.FinishAsync(await talk.ExecuteAsync("print('kept')"));

        Assert.True((await client.ShutdownAsync(kernel.Id, Cancellation)).Ok);

        Assert.False(Directory.Exists($"/proc/{kernel.ProcessId}"));
        var archived = Assert.Single(Client.KernelArchive.Of(keeper.Home, Path.Combine(keeper.Root, "notes/a.ipynb")));
        Assert.True(Directory.EnumerateFiles(archived.JournalFolder).Any());
    }
}
