using Holdfast.Engines.Host;

namespace Holdfast.Engines.Tests;

/// <summary>What the host engine reads from the system.</summary>
public sealed class HostFactsTests
{
    [Fact]
    public void Mounts_OfMountinfo_AreReadWithSpacesAndTheUppermostOfTwo()
    {
        string[] lines =
        [
            "22 27 0:21 / /proc rw,relatime - proc proc rw",
            @"30 27 8:3 / /mnt/my\040disk rw,noatime shared:5 - ext4 /dev/sda3 rw",
            "31 27 0:40 / /data rw - tmpfs a rw",
            "32 27 8:4 / /data ro,relatime master:1 - squashfs /dev/loop1 ro",
        ];

        var mounts = HostMount.Parse(lines);

        Assert.Equal([("/data", "squashfs", true, true), ("/mnt/my disk", "ext4", false, true), ("/proc", "proc", false, false)],
            mounts.Select(mount => (mount.Point, mount.Type, mount.IsReadOnly, mount.HoldsData)));
    }

    [Fact]
    public void Process_WithAnyName_IsReadFromItsLine()
    {
        var mark = ProcessMark.Parse("4711 (a) (b c) S 1 4711 4700 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 2 3");

        Assert.Equal(new ProcessMark(4711, 987654, 4700), mark);
        Assert.Null(ProcessMark.Parse("4711 (x) Z 1 4711 4700 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 2 3"));
        Assert.Null(ProcessMark.Parse(""));
    }

    [Theory]
    [InlineData("CapEff:\t000001ffffffffff", true)]
    [InlineData("CapEff:\t0000000000200000", true)]
    [InlineData("CapEff:\t00000000a80425fb", false)]
    [InlineData("Name:\tx", false)]
    public void Capability_OfStatus_IsRead(string line, bool has) => Assert.Equal(has, HostCheck.HasCapability([line], 21));
}
