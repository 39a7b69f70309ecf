using System.Diagnostics;
using Holdfast.Hub.Hooks;
using Holdfast.Hub.Tests.People;

namespace Holdfast.Hub.Tests.Hooks;

public sealed class HomeSnapshotsTests : IDisposable
{
    /// <summary>What people bring from machines whose home was lost: it moves the home's folders to the storage by links, and removes what they had.</summary>
    private const string OldCourseHook = """
        for name in .local .config .ssh; do
          rm -rf ~/$name
          mkdir -p $STORAGE/cfg/$name
          ln -s $STORAGE/cfg/$name ~/
        done
        mv ~/.gitconfig $STORAGE/cfg/; ln -s $STORAGE/cfg/.gitconfig ~/
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("hf-home-").FullName;
    private readonly HubFolders _folders;
    private readonly HomeSnapshots _snapshots;

    public HomeSnapshotsTests()
    {
        _folders = new HubFolders(_folder) { MeetingRoot = Path.Combine(_folder, "meeting") };
        HubFolders.Make(Home);
        HubFolders.Make(_folders.Storage);
        _snapshots = new HomeSnapshots(_folders, TimeProvider.System);
    }

    private string Home => _folders.HomeOf("ada");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Restore_AfterTheOldCourseHook_BringsEverythingBack()
    {
        await RunAsync("mkdir -p .local/lib/leaf .config/git .ssh .cache; echo leaf > .local/lib/leaf/x; head -c 3000000 /dev/urandom > .local/lib/big; echo g > .config/git/config; echo key > .ssh/id; chmod 600 .ssh/id; echo n > .gitconfig; ln -s .local/lib link; ln -s lib .local/lib64; touch -d 2001-02-03 .ssh/id; mkfifo .local/pipe; echo visible > notes");
        const string Facts = "find .local .config .ssh .gitconfig ! -type p -printf '%p %m %s %l %T@\\n' | sort; sha256sum .local/lib/big .gitconfig";
        var before = await RunAsync(Facts);

        var note = await _snapshots.BeforeAsync("ada", [("team", "true"), ("home", OldCourseHook)], Cancellation);
        await RunAsync(OldCourseHook);
        Assert.NotEqual(before, await RunAsync(Facts));
        var restored = _snapshots.Restore("ada", _snapshots.List("ada").Single().Id, null, Cancellation);

        Assert.Contains("home hook is new or has changed", note, StringComparison.Ordinal);
        Assert.True(restored.Ok, restored.Fault?.Message);
        Assert.Equal(before, await RunAsync(Facts));
        Assert.Equal("visible", await RunAsync("cat notes"));
        Assert.EndsWith("/cfg/.local", await RunAsync($"readlink {restored.Value.Aside}/.local"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_HooksThatHaveRunBefore_TakesNone()
    {
        Assert.NotNull(await _snapshots.BeforeAsync("ada", [("home", "one")], Cancellation));
        Assert.Null(await _snapshots.BeforeAsync("ada", [("home", "one")], Cancellation));
        Assert.NotNull(await _snapshots.BeforeAsync("ada", [("home", "two")], Cancellation));
        Assert.Null(await _snapshots.BeforeAsync("ada", [], Cancellation));
        Assert.Equal(2, _snapshots.List("ada").Count);
    }

    [Fact]
    public async Task Before_ManyHooks_KeepsTenSnapshots()
    {
        // All in one moment.
        var snapshots = new HomeSnapshots(_folders, new ManualClock());
        for (var number = 0; number < 12; number++) Assert.Contains("was taken", await snapshots.BeforeAsync("ada", [("home", $"{number}")], Cancellation), StringComparison.Ordinal);

        Assert.Equal(10, snapshots.List("ada").Count);
    }

    [Fact]
    public async Task Restore_OnePath_LeavesTheRestAsItIs()
    {
        await RunAsync("mkdir -p .config/a .config/b; echo 1 > .config/a/x; echo 1 > .config/b/x; echo l > .cache");
        await _snapshots.BeforeAsync("ada", [("home", "x")], Cancellation);
        await RunAsync("echo 2 > .config/a/x; echo 2 > .config/b/x");

        var restored = _snapshots.Restore("ada", _snapshots.List("ada").Single().Id, ".config/a", Cancellation);

        Assert.True(restored.Ok, restored.Fault?.Message);
        Assert.Equal("1\n2\n2", await RunAsync($"cat .config/a/x .config/b/x {restored.Value.Aside}/.config_a/x"));
    }

    [Fact]
    public async Task Restore_PathsThatLeadOut_AreRefused()
    {
        await RunAsync("mkdir -p .config/a; echo 1 > .config/a/x");
        await _snapshots.BeforeAsync("ada", [("home", "x")], Cancellation);
        await RunAsync("rm -r .config; mkdir ../elsewhere ../elsewhere/a; ln -s ../elsewhere .config");
        var id = _snapshots.List("ada").Single().Id;

        Assert.Equal("conflict", _snapshots.Restore("ada", id, ".config/a", Cancellation).Fault?.Code);
        Assert.Equal("bad-request", _snapshots.Restore("ada", id, "../ada", Cancellation).Fault?.Code);
        Assert.Equal("not-found", _snapshots.Restore("ada", "../../x", null, Cancellation).Fault?.Code);
        Assert.Equal("not-found", _snapshots.Restore("ada", id, ".none", Cancellation).Fault?.Code);
        Assert.Equal("a", await RunAsync("ls ../elsewhere"));
        Assert.DoesNotContain(Directory.EnumerateDirectories(_folders.SnapshotsOf("ada")), folder => folder.Contains(".restore", StringComparison.Ordinal));
    }

    private async Task<string> RunAsync(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-ec", script]) { WorkingDirectory = Home, RedirectStandardOutput = true, Environment = { ["HOME"] = Home, ["STORAGE"] = _folders.Storage } })!;
        var said = await shell.StandardOutput.ReadToEndAsync(Cancellation);
        await shell.WaitForExitAsync(Cancellation);
        return said.Trim();
    }
}
