using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Tests;

/// <summary>The ephemeral layer: what a workload changed in it.</summary>
public abstract partial class RootedConformance
{
    [Fact]
    public async Task Changes_OfAWorkloadThatChangedNothing_AreNone()
    {
        var spec = Script("exit 0") with { Mounts = [new(Shared("shared"), "/mnt/of-a-test/deep/shared")] };

        await RunAsync(spec);

        Assert.Empty(await ChangesAsync(spec.Id));
    }

    [Fact]
    public async Task Changes_FilesMadeModifiedAndDeleted_AreEachNamed()
    {
        var spec = Script("printf 12345 > /opt/made; echo more >> /etc/issue; rm /etc/debian_version; chmod 700 /srv");

        await RunAsync(spec);

        var changes = (await ChangesAsync(spec.Id)).ToDictionary(change => change.Path);
        Assert.Equal(new LayerChange("/opt/made", LayerChangeKind.Added, 5), changes["/opt/made"]);
        Assert.Equal(LayerChangeKind.Modified, changes["/etc/issue"].Kind);
        Assert.Equal(new LayerChange("/etc/debian_version", LayerChangeKind.Deleted, 0), changes["/etc/debian_version"]);
        Assert.Equal(LayerChangeKind.Modified, changes["/srv"].Kind);
        Assert.All(changes.Keys, path => Assert.Contains(path, (string[])["/opt", "/opt/made", "/etc", "/etc/issue", "/etc/debian_version", "/srv"]));
    }

    [Fact]
    public async Task Changes_FolderThatIsNew_IsOneChangeWithItsWholeSize()
    {
        var spec = Script("mkdir -p /opt/model/deep/er; head -c 1000 /dev/zero > /opt/model/a; head -c 2345 /dev/zero > /opt/model/deep/er/b; ln -s a /opt/model/link");

        await RunAsync(spec);

        var change = Assert.Single(await ChangesAsync(spec.Id), change => change.Path.StartsWith("/opt/", StringComparison.Ordinal));
        Assert.Equal(("/opt/model", LayerChangeKind.Added), (change.Path, change.Kind));
        Assert.InRange(change.Size, 3345, 3346);
    }

    [Fact]
    public async Task Changes_FolderThatIsDeleted_IsOneChange()
    {
        var spec = Script("rm -r /usr/share/doc");

        await RunAsync(spec);

        Assert.Equal(new LayerChange("/usr/share/doc", LayerChangeKind.Deleted, 0), Assert.Single(await ChangesAsync(spec.Id), change => change.Path.StartsWith("/usr/share/doc", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Changes_FolderReplacedByANewOne_NameWhatIsGoneAndWhatIsNew()
    {
        var spec = Script("rm -r /etc/cron.daily /etc/apt; mkdir /etc/apt; echo x > /etc/apt/mine; echo file > /etc/cron.daily");

        await RunAsync(spec);

        var changes = (await ChangesAsync(spec.Id)).ToDictionary(change => change.Path);
        Assert.Equal(LayerChangeKind.Modified, changes["/etc/cron.daily"].Kind);
        Assert.Equal(LayerChangeKind.Added, changes["/etc/apt/mine"].Kind);
        Assert.Contains(changes.Values, change => change.Kind == LayerChangeKind.Deleted && $"{change.Path}/".StartsWith("/etc/apt/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Changes_FileRenamed_IsDeletedThereAndAddedHere()
    {
        var spec = Script("mv /etc/debian_version /opt/version");

        await RunAsync(spec);

        var changes = (await ChangesAsync(spec.Id)).ToDictionary(change => change.Path);
        Assert.Equal(LayerChangeKind.Deleted, changes["/etc/debian_version"].Kind);
        Assert.Equal(LayerChangeKind.Added, changes["/opt/version"].Kind);
    }

    [Fact]
    public async Task Changes_WhatLiesInMounts_IsNoPartOfThem()
    {
        var spec = Script("echo x > /mnt/of-a-test/shared/x; mkdir /mnt/of-a-test/own; echo y > /mnt/of-a-test/own/y") with { Mounts = [new(Shared("shared"), "/mnt/of-a-test/shared")] };

        await RunAsync(spec);

        Assert.Equal(["/mnt/of-a-test/own"], (await ChangesAsync(spec.Id)).Where(change => change.Path.StartsWith("/mnt/of-a-test/", StringComparison.Ordinal)).Select(change => change.Path));
    }

    [Fact]
    public async Task Changes_WhileItRunsAndAfterItsEnd_AreTheSame()
    {
        var spec = Script("echo x > /opt/x; mkdir /opt/new; echo up; exec sleep 1000");
        await StartAsync(spec, untilItSays: "up");

        var before = await ChangesAsync(spec.Id);
        await Engine.StopAsync(spec.Id, TimeSpan.Zero, Cancellation);

        Assert.Contains(before, change => change.Path == "/opt/new");
        Assert.Equal(before, await ChangesAsync(spec.Id));
    }

    [Fact]
    public async Task PathOf_FileInside_IsReadFromThisHost()
    {
        var spec = Script("echo content > /opt/x; echo up; exec sleep 1000");
        await StartAsync(spec, untilItSays: "up");

        if (Engine.PathOf(spec.Id, "/opt/x") is not { } path)
        {
            Assert.Skip("This engine has no such path here.");
            return;
        }

        Assert.Equal("content\n", await File.ReadAllTextAsync(path, Cancellation));
        await Engine.StopAsync(spec.Id, TimeSpan.Zero, Cancellation);
        if (Engine.PathOf(spec.Id, "/opt/x") is { } after) Assert.Equal("content\n", await File.ReadAllTextAsync(after, Cancellation));
    }
}
