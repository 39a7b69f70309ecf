namespace Holdfast.Journal.Tests;

public sealed class FaultTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FaultyDisk _disk = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Errno.NoSpace, true)]
    [InlineData(Errno.Quota, true)]
    [InlineData(Errno.FileTooBig, true)]
    [InlineData(Errno.InputOutput, false)]
    public void Write_Failed_KeepsTheBufferAndGoesOn(int errno, bool full)
    {
        using var writer = Open();
        Sample.Append(writer, 10);
        Assert.True(writer.Flush().Ok);
        for (var part = 0; part < 1500; part += 100)
        {
            var before = writer.VisibleSequence;
            _disk.PartOfWrite = part;
            _disk.Fail("write", errno);
            Sample.Append(writer, 10);
            var result = writer.Flush();
            Assert.False(result.Ok);
            Assert.Equal(full, result.DiskFull);
            Assert.Contains(Path.GetFileName(_folder.Segments[0]), result.Error, StringComparison.Ordinal);
            Assert.Equal(before, writer.VisibleSequence);
            Sample.Append(writer, 1);
            Assert.False(writer.Flush().Ok);
            var (torn, damage) = Sample.ReadAll(_folder.Journal);
            Assert.Equal(Sample.Numbers(1, torn.Count), torn);
            Assert.Empty(damage);

            _disk.Heal();
            Assert.True(writer.Flush().Ok);
            Assert.Equal(before + 11, writer.VisibleSequence);
            Assert.Equal(0, writer.PendingBytes);
        }
        AssertWhole(writer.LastSequence);
    }

    [Theory]
    [InlineData("create", Errno.ProcessFiles, false)]
    [InlineData("create", Errno.NoSpace, true)]
    [InlineData("cut", Errno.InputOutput, false)]
    [InlineData("write", Errno.NoSpace, true)]
    [InlineData("sync-folder", Errno.InputOutput, false)]
    public void SegmentSwitch_Failed_IsAValueAndTriedAgain(string operation, int errno, bool full)
    {
        using var writer = Open(segmentBytes: 1000);
        using var reader = JournalReader.Open(_folder.Journal);
        List<long> read = [];
        while (_folder.Segments.Length < 3)
        {
            Sample.Append(writer, 3);
            _disk.Fail(operation, errno, 2);
            var result = writer.Flush();
            read.AddRange(Sample.Read(reader));
            if (!result.Ok)
            {
                Assert.Equal(full, result.DiskFull);
                Assert.Contains(".hfj", result.Error, StringComparison.Ordinal);
                Assert.False(writer.Flush().Ok);
            }
            _disk.Heal();
            Assert.True(writer.Flush().Ok);
            read.AddRange(Sample.Read(reader));
        }
        Assert.Equal(Sample.Numbers(1, writer.LastSequence), read);
        Assert.Empty(reader.Damage);
        AssertWhole(writer.LastSequence);
    }

    [Fact]
    public void Sync_Failed_DoesNotCountAndWritesTheRecordsAgain()
    {
        using var writer = Open(syncsItself: false);
        Sample.Append(writer, 10);
        Assert.True(writer.Sync().Ok);
        _disk.Fail("sync", Errno.InputOutput);
        Sample.Append(writer, 10);
        var result = writer.Sync();
        Assert.False(result.Ok);
        Assert.Contains("could not be synced", result.Error, StringComparison.Ordinal);
        Assert.Equal(result.Error, writer.SyncError);
        Assert.Equal((10L, 20L), (writer.SyncedSequence, writer.VisibleSequence));
        Assert.True(writer.Flush().Ok);

        // The kernel forgets what it could not write; a sync that finds nothing to do would be a lie.
        var length = new FileInfo(_folder.Segments[0]).Length;
        var writes = _disk.Calls["write"];
        _disk.Heal();
        Assert.True(writer.Sync().Ok);
        Assert.Equal(writes + 1, _disk.Calls["write"]);
        Assert.Equal(length, new FileInfo(_folder.Segments[0]).Length);
        Assert.Equal(20, writer.SyncedSequence);
        Assert.Null(writer.SyncError);
        AssertWhole(20);
    }

    [Fact]
    public void Sync_FailedAndThePagesAreGone_NamesWhatIsLost()
    {
        using var writer = Open();
        Sample.Append(writer, 10);
        Assert.True(writer.Sync().Ok);
        var end = new FileInfo(_folder.Segments[0]).Length;
        Sample.Append(writer, 10);
        _disk.Fail("sync", Errno.InputOutput);
        Assert.False(writer.Sync().Ok);
        using (var file = File.OpenHandle(_folder.Segments[0], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            RandomAccess.Write(file, new byte[100], end);
        _disk.Heal();
        Assert.False(writer.Sync().Ok && writer.SyncError is null);
        Assert.Contains("lost records from 11 to 20", writer.SyncError, StringComparison.Ordinal);
        Sample.Append(writer, 1);
        Assert.True(writer.Sync().Ok);
        Assert.Contains("lost records", writer.SyncError, StringComparison.Ordinal);
    }

    [Fact]
    public void BackgroundSync_Failed_IsTriedAgainByItself()
    {
        using var writer = Open();
        Sample.Append(writer, 5);
        _disk.Fail("sync", Errno.InputOutput, 3);
        // The first flush begins a segment, which syncs it.
        while (!writer.Flush().Ok) { }
        _disk.Fail("sync", Errno.InputOutput, 1);
        System.Collections.Concurrent.ConcurrentQueue<string?> told = [];
        writer.SyncErrorChanged += told.Enqueue;
        Sample.Append(writer, 5);
        Assert.True(writer.Flush().Ok);
        Sample.WaitFor(() => writer.SyncError is not null, "the failed sync to be told");
        Sample.WaitFor(() => writer.SyncedSequence == 10, "the sync to be tried again");
        Assert.Null(writer.SyncError);
        Assert.Collection(told, error => Assert.Contains("could not be synced", error, StringComparison.Ordinal), Assert.Null);
    }

    [Fact]
    public void SegmentSwitch_WhileTheDiskDoesNotSync_Waits()
    {
        using var writer = Open(segmentBytes: 1000, syncsItself: false);
        Sample.Append(writer, 1);
        Assert.True(writer.Sync().Ok);
        _disk.Fail("sync", Errno.InputOutput);
        for (var i = 0; i < 30; i++)
        {
            Sample.Append(writer, 1);
            Assert.True(writer.Flush().Ok);
        }
        Assert.Equal((31L, 1L), (writer.VisibleSequence, writer.SyncedSequence));
        Assert.Single(_folder.Segments);
        _disk.Heal();
        Sample.Append(writer, 1);
        Assert.True(writer.Flush().Ok);
        Assert.Equal(2, _folder.Segments.Length);
        Assert.Equal(31, writer.SyncedSequence);
        AssertWhole(32);
    }

    [Fact]
    public void Flush_WithMoreUnsyncedThanAPowerCutMayTakeBack_HoldsTheOwnerBack()
    {
        using var writer = Open();
        Assert.True(writer.Sync().Ok);
        writer.Append(0, []);
        Assert.True(writer.Sync().Ok);
        _disk.Fail("sync", Errno.InputOutput);
        for (var i = 1; i < JournalOpening.PassedOver; i++)
        {
            writer.Append(0, []);
            if (writer.PendingBytes > 200_000) Assert.True(writer.Flush().Ok);
        }
        Assert.True(writer.Flush().Ok);
        writer.Append(0, []);
        var result = writer.Flush();
        Assert.False(result.Ok);
        Assert.Contains("could not be synced", result.Error, StringComparison.Ordinal);
        _disk.Heal();
        Assert.True(writer.Sync().Ok);
        Assert.Equal(1 + JournalOpening.PassedOver, writer.SyncedSequence);
    }

    [Fact]
    public void Flush_IsSyncedByItself()
    {
        using var writer = Open();
        Sample.Append(writer, 5);
        Assert.True(writer.Flush().Ok);
        Sample.WaitFor(() => writer.SyncedSequence == 5, "the sync");
    }

    [Fact]
    public void Disk_ReallyFull_KeepsEverythingAndGoesOn()
    {
        using var small = SmallDisk.Mount(1 << 20);
        if (small is null) Assert.Skip("A file system cannot be mounted here.");
        var ballast = Path.Combine(small.Path, "ballast");
        File.WriteAllBytes(ballast, new byte[400 << 10]);
        var folder = Path.Combine(small.Path, "journal");
        using (var writer = JournalWriter.Open(folder, new JournalOptions { SegmentBytes = 100 << 10, BufferBytes = 64 << 10 }))
        {
            FlushResult result;
            do
            {
                Sample.Append(writer, 32);
                result = writer.Flush();
            }
            while (result.Ok);
            Assert.True(result.DiskFull, result.Error);
            Assert.Contains("Make room", result.Error, StringComparison.Ordinal);
            Assert.False(writer.Flush().Ok);
            var visible = Sample.ReadAll(folder).Numbers;
            Assert.InRange(visible.Count, writer.VisibleSequence, writer.LastSequence);
            File.Delete(ballast);
            Assert.True(writer.Sync().Ok);
            Assert.Equal(writer.LastSequence, writer.SyncedSequence);
            var (numbers, damage) = Sample.ReadAll(folder);
            Assert.Equal(Sample.Numbers(1, writer.LastSequence), numbers);
            Assert.Empty(damage);
        }
    }

    private JournalWriter Open(long segmentBytes = 64 << 20, bool syncsItself = true) => JournalWriter.Open(
        _folder.Journal, new JournalOptions { Disk = _disk, SegmentBytes = segmentBytes, SyncInterval = syncsItself ? new JournalOptions().SyncInterval : TimeSpan.FromHours(1) });

    private void AssertWhole(long last)
    {
        var (numbers, damage) = Sample.ReadAll(_folder.Journal);
        Assert.Equal(Sample.Numbers(1, last), numbers);
        Assert.Empty(damage);
    }
}
