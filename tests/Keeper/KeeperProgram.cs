using System.Diagnostics;
using System.Globalization;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Host;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(Holdfast.Keeper.Tests.PythonKernel))]

namespace Holdfast.Keeper.Tests;

/// <summary>
/// A keeper of a test's own: this very test program started as <c>keeper run</c>, so that it can be killed like the real one.
/// </summary>
internal sealed class KeeperProgram : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-").FullName;
    private readonly List<KeeperClient> _clients = [];

    private readonly SmallDisk? _disk;
    private Task<int> _here = Task.FromResult(0);

    /// <param name="diskMegabytes">The size of a disk of its own for the state folder; null for none.</param>
    public KeeperProgram(int? diskMegabytes = null)
    {
        Home = new KeeperHome(Path.Combine(_folder, "state"), Path.Combine(_folder, "run")) { Program = Environment.ProcessPath! };
        if (diskMegabytes is { } size) _disk = SmallDisk.Mount(Directory.CreateDirectory(Home.StateFolder).FullName, size);
    }

    public KeeperHome Home { get; }

    /// <summary>A folder for notebooks.</summary>
    public string Root => Directory.CreateDirectory(Path.Combine(_folder, "root")).FullName;

    public async Task<KeeperClient> ConnectAsync()
    {
        var reply = await KeeperClient.ConnectAsync(Home, null, TestContext.Current.CancellationToken);
        Assert.True(reply.Ok, reply.Failure?.Message);
        _clients.Add(reply.Value);
        return reply.Value;
    }

    /// <summary>Runs a keeper in this very process, with what a test puts in the place of the clock and the disk.</summary>
    public void RunHere(TimeProvider clock, RetentionLimits? limits = null, JournalOptions? journals = null) =>
        _here = new KeeperHost(Home, clock, NullLogger.Instance, limits, (journals ?? new JournalOptions()) with { Time = clock }).RunAsync();

    public static async Task KillAsync(KeeperClient client)
    {
        using var process = Process.GetProcessById(client.KeeperProcessId);
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) await client.DisposeAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using (var last = await KeeperClient.TryConnectAsync(Home, limit.Token))
        {
            if (last is not null) await last.StopKeeperAsync(limit.Token);
        }

        Assert.Equal(0, await _here.WaitAsync(limit.Token));

        _disk?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>What this program does when it is started as a keeper: called before the tests.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var state = args[Array.IndexOf(args, "--state") + 1];
        var home = new KeeperHome(state, Path.Combine(Path.GetDirectoryName(state)!, "run"));
        var journals = new JournalOptions();
        if (Array.IndexOf(args, "--segment-bytes") is > 0 and var index) journals = journals with { SegmentBytes = int.Parse(args[index + 1], CultureInfo.InvariantCulture) };
        return await new KeeperHost(home, TimeProvider.System, NullLogger.Instance, null, journals).RunAsync();
    }
}
