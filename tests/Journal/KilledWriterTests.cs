namespace Holdfast.Journal.Tests;

public sealed class KilledWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writer_Killed_LeavesEveryFlushedRecordOnceAndInOrder()
    {
        using var live = JournalReader.Open(_folder.Journal);
        List<long> seen = [];
        for (var round = 1; round <= 6; round++)
        {
            using var child = new ChildWriter(_folder.Journal);
            child.ListenTo((seen.Count == 0 ? 0 : seen[^1]) + 300 * round);
            seen.AddRange(Sample.Read(live, 3000));
            child.Kill();
            seen.AddRange(Sample.Read(live, 3000));
            Assert.True(seen.Count >= child.Flushed, $"{child.Flushed} were flushed, {seen.Count} are there.");
            Assert.Equal(Sample.Numbers(1, seen.Count), seen);
        }
        Assert.Empty(live.Damage);
        using (var writer = JournalWriter.Open(_folder.Journal))
        {
            Assert.Empty(writer.Recovery.Damage);
            Assert.Equal(seen.Count, writer.LastSequence);
            Assert.Equal(seen.Count, writer.SyncedSequence);
        }
        Assert.True(_folder.Segments.Length > 3);
    }

    [Fact]
    public void Reader_InAnotherProcessThanTheWriter_FollowsLive()
    {
        using var child = new ChildWriter(_folder.Journal);
        using var reader = JournalReader.Open(_folder.Journal);
        List<long> seen = [];
        while (seen.Count < 20_000) seen.AddRange(Sample.Read(reader, 3000));
        Assert.Equal(Sample.Numbers(1, seen.Count), seen);
        Assert.Empty(reader.Damage);
        Assert.True(_folder.Segments.Length > 50);
    }
}
