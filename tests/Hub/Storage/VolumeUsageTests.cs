using System.Diagnostics;
using Holdfast.Hub.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Hub.Tests.Storage;

public sealed class VolumeUsageTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("hf-usage-").FullName;
    private readonly HubFolders _folders;

    public VolumeUsageTests()
    {
        _folders = new HubFolders(_root) { MeetingRoot = Path.Combine(_root, "meeting") };
        HubFolders.Make(_folders.Storage);
        HubFolders.Make(_folders.HomeOf("ada"));
        HubFolders.Make(_folders.NotebooksOf("m1"));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Measure_FilesLinksAndHoles_AreWhatDuSays()
    {
        Run("mkdir -p a/b/c/d; head -c 100000 /dev/urandom > a/b/c/d/deep; head -c 50000 /dev/urandom > a/one; ln a/one a/two; ln -s /etc e; truncate -s 1G hole; mkfifo pipe");

        var usage = await Usage().MeasureAsync(_folders.Storage, Cancellation);

        Assert.Equal(long.Parse(Run("find . ! -type d -printf '%i %b\\n' | sort -u | awk '{s += $2 * 512} END {print s}'"), System.Globalization.CultureInfo.InvariantCulture), usage.Bytes);
        Assert.Equal(["a", "a/b", "a/b/c"], usage.Folders.Select(folder => folder.Path));
        Assert.Equal(5, usage.Files);
        Assert.True(usage.Folders[0].Bytes > usage.Folders[1].Bytes, usage.Folders[0].ToString());
    }

    [Fact]
    public async Task Trouble_QuotaExceeded_SaysWhatIsFullAndTheMend()
    {
        Run("head -c 3000000 /dev/zero > x");
        var usage = Usage(new HubSettings { StorageQuota = 2 << 20, HomeQuota = 2 << 20 });

        Assert.Null(usage.Trouble(_folders.Storage));
        await usage.MeasureAsync(_folders.Storage, Cancellation);
        await usage.MeasureAsync(_folders.HomeOf("ada"), Cancellation);

        Assert.StartsWith("The team's storage holds 2.9 MiB, and 2 MiB is the most that it may.", usage.Trouble(_folders.Storage), StringComparison.Ordinal);
        Assert.Null(usage.Trouble(_folders.HomeOf("ada")));
    }

    [Fact]
    public async Task Background_AllVolumes_AreMeasuredWithRestsThatAreNinetyNineTimesTheWork()
    {
        Run("for i in $(seq 1000); do echo x > f$i; done");
        var clock = new RestingClock();
        using var usage = Usage(time: clock);
        await usage.StartAsync(Cancellation);

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (usage.Of(_folders.NotebooksOf("m1")) is null) await Task.Delay(5, limit.Token);
        await usage.StopAsync(Cancellation);

        Assert.Equal(1000, usage.Of(_folders.Storage)!.Files);
        Assert.NotNull(usage.Of(_folders.HomeOf("ada")));
        // Each look at the clock is a unit of work: 1000 files are five portions and an end.
        Assert.True(clock.Rests.Count >= 6, $"{clock.Rests.Count} rests");
        Assert.All(clock.Rests.Take(6), rest => Assert.Equal(RestingClock.Unit * 99, rest));
    }

    [Fact]
    public void List_FolderOfAVolume_HasWhatLiesInIt()
    {
        Run("mkdir a; echo 12345 > a/f; ln -s f a/l; mkdir a/d");

        Assert.Equal([("d", "folder", 0L), ("f", "file", 6L), ("l", "link", 0L)], VolumeUsage.List(_folders.Storage, "/a")!.Select(entry => (entry.Name, entry.Kind, entry.Size)));
    }

    private VolumeUsage Usage(HubSettings? settings = null, TimeProvider? time = null) => new(_folders, settings ?? new HubSettings(), new ProjectQuotas(NullLogger<ProjectQuotas>.Instance), time ?? TimeProvider.System);

    private string Run(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", script]) { WorkingDirectory = _folders.Storage, RedirectStandardOutput = true })!;
        var said = shell.StandardOutput.ReadToEnd().Trim();
        shell.WaitForExit();
        return said;
    }

    /// <summary>A clock on which every look costs a unit, and whose timers, short of a minute, ring at once.</summary>
    private sealed class RestingClock : TimeProvider
    {
        public static readonly TimeSpan Unit = TimeSpan.FromMilliseconds(1);
        private long _now;

        public List<TimeSpan> Rests { get; } = [];

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Interlocked.Increment(ref _now);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime < TimeSpan.FromMinutes(1)) lock (Rests) Rests.Add(dueTime);
            return base.CreateTimer(callback, state, dueTime < TimeSpan.FromMinutes(1) ? TimeSpan.Zero : dueTime, period);
        }
    }
}
