using System.Diagnostics;
using Holdfast.Engines.Host;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Storage;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Tests.Storage;

/// <summary>What <see cref="ProjectQuotasTests"/> runs where the kernel has project quotas.</summary>
public sealed class ProjectQuotasInGuest : IDisposable, ILogger<ProjectQuotas>
{
    private const long Megabyte = 1 << 20;
    private readonly List<string> _log = [];
    private readonly HubFolders _folders;
    private readonly ProjectQuotas _quotas;

    public ProjectQuotasInGuest()
    {
        _folders = new HubFolders(Directory.CreateDirectory($"{QuotaGuest.Mount}/{Guid.NewGuid():N}").FullName) { MeetingRoot = "/mnt/meeting" };
        HubFolders.Make(_folders.Storage);
        HubFolders.Make(Home);
        _quotas = new ProjectQuotas(this);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Home => _folders.HomeOf("ada");

    public void Dispose() => Directory.Delete(_folders.Root, recursive: true);

    [Fact(Explicit = true)]
    public async Task Write_AsAMachineDoes_IsHeldToTheQuota()
    {
        Run("mkdir -p storage/a/b; head -c 2M /dev/zero > storage/a/b/there; ln -s there storage/a/b/link; mkfifo storage/pipe");
        var settings = new HubSettings { StorageQuota = 4 * Megabyte };
        var usage = new VolumeUsage(_folders, settings, _quotas, TimeProvider.System);
        await usage.MeasureAsync(_folders.Storage, Cancellation);
        Assert.False(usage.Of(_folders.Storage)!.IsHard);

        await usage.LimitAsync(_folders.Storage, Cancellation);
        await usage.LimitAsync(Home, Cancellation);

        Assert.True(usage.Of(_folders.Storage)!.IsHard);
        Assert.EndsWith("Disk quota exceeded", Write("storage/a/b/new", 3), StringComparison.Ordinal);
        Assert.EndsWith("Disk quota exceeded", Write("storage/other", 3), StringComparison.Ordinal);
        Run("rm storage/other storage/a/b/new");
        Assert.Equal("", Write("storage/a/b/new", 1));
        Assert.Equal("", Write("homes/ada/x", 8));
        Assert.Empty(_log);
    }

    [Fact(Explicit = true)]
    public void Quota_ChangedAndRemoved_TheProjectStaysAndTheLimitFollows()
    {
        _quotas.Apply(Home, 2 * Megabyte, Cancellation);
        var project = ProjectOf("homes/ada");
        Assert.EndsWith("Disk quota exceeded", Write("homes/ada/x", 3), StringComparison.Ordinal);

        _quotas.Apply(Home, 4 * Megabyte, Cancellation);
        Assert.Equal("", Write("homes/ada/x", 3));
        _quotas.Adjust(Home, 6 * Megabyte);
        Assert.Equal("", Write("homes/ada/x", 5));
        Assert.EndsWith("Disk quota exceeded", Write("homes/ada/x", 7), StringComparison.Ordinal);
        Assert.True(ProjectQuotas.Holds(Home, 6 * Megabyte));
        Assert.False(ProjectQuotas.Holds(Home, 5 * Megabyte));

        _quotas.Apply(Home, null, Cancellation);
        Assert.Equal("", Write("homes/ada/x", 10));
        Assert.Equal(project, ProjectOf("homes/ada"));
        Assert.NotEqual(0u, project);
    }

    [Fact(Explicit = true)]
    public void Content_OverTheQuota_IsCountedAndOnlyShrinks()
    {
        Run("head -c 5M /dev/zero > homes/ada/large");
        _quotas.Apply(Home, 2 * Megabyte, Cancellation);

        Assert.EndsWith("Disk quota exceeded", Write("homes/ada/x", 1), StringComparison.Ordinal);
        Run("rm homes/ada/large");
        Assert.Equal("", Write("homes/ada/x", 1));
    }

    [Fact(Explicit = true)]
    public void Folder_SwappedForALinkMeanwhile_IsNotFollowed()
    {
        _quotas.Apply(Home, 4 * Megabyte, Cancellation);
        _quotas.Apply(Home, null, Cancellation);
        Run("mkdir -p outside/in homes/ada/folder/in; touch outside/f outside/in/f homes/ada/folder/f homes/ada/folder/in/f; ln -s $PWD/outside homes/ada/link; ln -s $PWD/outside/f homes/ada/file");
        using var stop = new CancellationTokenSource();
        var swaps = 0;
        var swapping = new Thread(() =>
        {
            while (!stop.IsCancellationRequested && Posix.Exchange($"{Home}/link", $"{Home}/folder") == 0) swaps++;
        });
        swapping.Start();

        // Without a limit all is gone through again.
        for (var round = 0; round < 40; round++)
        {
            _quotas.Apply(Home, 4 * Megabyte, Cancellation);
            _quotas.Apply(Home, null, Cancellation);
        }
        stop.Cancel();
        swapping.Join();

        Assert.NotEqual(0, swaps);
        Assert.All((string[])["outside", "outside/f", "outside/in", "outside/in/f"], path => Assert.Equal(0u, ProjectOf(path)));
        Assert.Empty(_log);
    }

    [Fact(Explicit = true)]
    public void Apply_HubWasKilledInTheMiddle_EverythingIsCounted()
    {
        Run("for i in $(seq 10); do mkdir -p homes/ada/$i/in; head -c 100k /dev/zero > homes/ada/$i/in/f; done");
        using var file = Posix.Reopen(Posix.OpenRoot($"{Home}/7/in"));
        // As far as it had come: some of the content has the project, the volume itself not.
        Assert.True(Posix.SetProject(file, new Project(0x4000_0000 + (uint)Posix.Status(Home)!.Value.Inode, IsInherited: true)));

        _quotas.Apply(Home, 2 * Megabyte, Cancellation);

        Assert.Single(Run("find homes/ada -exec lsattr -pd {} + | awk '{print $1}' | sort -u").Split('\n'));
        Assert.EndsWith("Disk quota exceeded", Write("homes/ada/x", 2), StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public void Project_OfSomebodyElse_StaysAndIsSaid()
    {
        Run("chattr -p 77 +P homes/ada");

        _quotas.Apply(Home, Megabyte, Cancellation);

        Assert.Equal(77u, ProjectOf("homes/ada"));
        Assert.False(ProjectQuotas.Holds(Home, Megabyte));
        Assert.Equal($"The quota of {Home} stays soft: the folder belongs to project 77 already.", Assert.Single(_log));
    }

    [Fact(Explicit = true)]
    public async Task Snapshot_OfAHomeWithAQuota_IsBroughtBack()
    {
        Run("cd homes/ada; mkdir .config; head -c 2M /dev/urandom > .config/large; echo one > .config/small; ln -s .config/small .link");
        _quotas.Apply(Home, 8 * Megabyte, Cancellation);
        var snapshots = new HomeSnapshots(_folders, TimeProvider.System);
        Assert.Contains("was taken", await snapshots.BeforeAsync("ada", [("team", "true")], Cancellation), StringComparison.Ordinal);
        Run("cd homes/ada; echo two > .config/small");

        var restored = snapshots.Restore("ada", snapshots.List("ada").Single().Id, null, Cancellation);

        Assert.True(restored.Ok, restored.Fault?.Message);
        Assert.Equal("one", Run("cat homes/ada/.link"));
        Assert.Equal("two", Run($"cat homes/ada/{restored.Value.Aside}/.config/small"));
        Assert.Equal(ProjectOf("homes/ada"), ProjectOf("homes/ada/.config/large"));
        Assert.Equal(ProjectOf("homes/ada"), ProjectOf($"homes/ada/{restored.Value.Aside}"));
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => _log.Add(formatter(state, exception));

    private uint ProjectOf(string path)
    {
        using var root = Posix.OpenRoot($"{_folders.Root}/{path}");
        using var file = Posix.Reopen(root);
        return Posix.ProjectOf(file)!.Value.Id;
    }

    /// <summary>Writes with the rights that a machine's programs have; what the program complains of.</summary>
    private string Write(string file, int megabytes) => Run($"{Scripts.Confine} dd if=/dev/zero of={file} bs=1M count={megabytes} status=none 2>&1 || true");

    private string Run(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", script]) { WorkingDirectory = _folders.Root, RedirectStandardOutput = true })!;
        var said = shell.StandardOutput.ReadToEnd().Trim();
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
        return said;
    }
}
