using System.Diagnostics;
using System.Net.Sockets;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;

namespace Holdfast.Keeper.Tests;

/// <summary>A keeper that may have few files open.</summary>
public sealed class DescriptorTests(PythonKernel python)
{
    private const string Prlimit = "/usr/bin/prlimit";
    private const int Limit = 160;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Descriptors_UsedUpByConnections_KernelsGoOnAndNewcomersAreToldWhy()
    {
        if (!File.Exists(Prlimit)) Assert.Skip($"{Prlimit} is not there: apt-get install util-linux.");
        await using var keeper = new KeeperProgram();
        using var process = Process.Start(Prlimit,
            [$"--nofile={Limit}:{Limit}", Environment.ProcessPath!, "keeper", "run", "--state", keeper.Home.StateFolder, "--segment-bytes", "30000"]);
        while (!File.Exists(keeper.Home.SocketPath)) await Task.Delay(10, Cancellation);
        var client = await keeper.ConnectAsync();
        Assert.Equal(process.Id, client.KeeperProcessId);
        var kernel = await python.StartReadyAsync(keeper, client, "run.ipynb");
        using var talk = new KernelTalk(client, kernel);
        Assert.Equal("1\n", await talk.PrintedAsync(await talk.ExecuteAsync("print(1)")));
        var before = Directory.GetFiles(kernel.JournalFolder, "*.hfj").Length;

        var crowd = new List<Socket>();
        try
        {
            for (var i = 0; i < 2 * Limit; i++)
            {
                crowd.Add(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified));
                await crowd[^1].ConnectAsync(new UnixDomainSocketEndPoint(keeper.Home.SocketPath), Cancellation);
            }

            var refused = await KeeperClient.FindAsync(keeper.Home, Cancellation);
            Assert.Equal("refused", refused.Failure?.Code);
            Assert.Contains($"may have {Limit} files open", refused.Failure!.Message);
            var started = await client.StartKernelAsync(python.Start(keeper), Cancellation);
            Assert.Contains("ulimit -n", started.Failure?.Message);

            // The kernel's journal begins new segments all the while.
            var id = await talk.ExecuteAsync("from IPython.display import display\nfor i in range(2000): display(i)");
            var shown = 0;
            await talk.FinishAsync(id, seen =>
            {
                if (seen.Parent == id && seen.Type == "display_data") Assert.Contains($"\"text/plain\": \"{shown++}\"", seen.Content);
            });
            Assert.Equal(2000, shown);
            Assert.True(Directory.GetFiles(kernel.JournalFolder, "*.hfj").Length > before + 5);
            Assert.Null(client.Find(kernel.Id)!.Note);
        }
        finally
        {
            foreach (var socket in crowd) socket.Dispose();
        }

        // The crowd has gone: the keeper sees that in its own time.
        KeeperReply<KeeperClient> late;
        while (!(late = await KeeperClient.FindAsync(keeper.Home, Cancellation)).Ok) await Task.Delay(10, Cancellation);
        await using var newcomer = late.Value;
        var second = await python.StartReadyAsync(keeper, newcomer, "second.ipynb");
        using var secondTalk = new KernelTalk(newcomer, second);
        Assert.Equal("42\n", await secondTalk.PrintedAsync(await secondTalk.ExecuteAsync("print(42)")));
        Assert.False(process.HasExited);
    }
}
