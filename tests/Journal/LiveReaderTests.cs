namespace Holdfast.Journal.Tests;

public sealed class LiveReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Readers_WhileTheWriterSwitchesSegments_SeeEachRecordOnceInOrder()
    {
        const int Count = 60_000;
        using var idle = JournalReader.Open(_folder.Journal);
        var readers = new Thread[3];
        var failures = new Exception?[readers.Length];
        for (var i = 0; i < readers.Length; i++)
        {
            var index = i;
            readers[i] = new Thread(() => failures[index] = Record.Exception(() => Follow(1 + index * 17_000, Count)));
            readers[i].Start();
        }
        using (var writer = JournalWriter.Open(_folder.Journal, new JournalOptions { SegmentBytes = 200 << 10, BufferBytes = 8 << 10 }))
        {
            while (writer.LastSequence < Count)
            {
                Sample.Append(writer, Math.Min(1 + (int)(writer.LastSequence % 40), (int)(Count - writer.LastSequence)));
                Assert.True(writer.Flush().Ok);
                // A reader that stops in the middle holds nobody up.
                if (idle.NextSequence == 1) Assert.True(idle.TryRead(out _));
            }
        }
        foreach (var reader in readers) Assert.True(reader.Join(TimeSpan.FromSeconds(60)), "A reader did not come to the end.");
        Assert.All(failures, Assert.Null);
        Assert.Equal(Sample.Numbers(2, Count), Sample.Read(idle));
    }

    [Fact]
    public void Reader_BeforeTheFolderExists_FindsWhatIsWrittenLater()
    {
        using var reader = JournalReader.Open(_folder.Journal);
        Assert.False(reader.TryRead(out _));
        using var writer = JournalWriter.Open(_folder.Journal);
        Assert.False(reader.TryRead(out _));
        Sample.Append(writer, 1);
        Assert.False(reader.TryRead(out _));
        Assert.True(writer.Flush().Ok);
        Assert.Equal([1], Sample.Read(reader));
        reader.Seek(4);
        Sample.Append(writer, 5);
        Assert.True(writer.Flush().Ok);
        Assert.Equal([4, 5, 6], Sample.Read(reader));
        Assert.Equal(7, reader.NextSequence);
    }

    [Fact]
    public void Record_HalfWritten_IsNotThereYet()
    {
        using (var writer = JournalWriter.Open(_folder.Journal))
        {
            Sample.Append(writer, 20);
            Assert.True(writer.Flush().Ok);
        }
        var bytes = File.ReadAllBytes(_folder.Segments[0]);
        File.WriteAllBytes(_folder.Segments[0], []);
        using var reader = JournalReader.Open(_folder.Journal);
        List<long> seen = [];
        using (var file = File.OpenHandle(_folder.Segments[0], FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            for (var length = 0; length < bytes.Length; length += 13)
            {
                RandomAccess.Write(file, bytes.AsSpan(length, Math.Min(13, bytes.Length - length)), length);
                seen.AddRange(Sample.Read(reader));
            }
        Assert.Equal(Sample.Numbers(1, 20), seen);
        Assert.Empty(reader.Damage);
    }

    private void Follow(long from, long to)
    {
        using var reader = JournalReader.Open(_folder.Journal);
        reader.Seek(from);
        List<long> seen = [];
        while (reader.NextSequence <= to)
        {
            seen.AddRange(Sample.Read(reader));
            Thread.Yield();
        }
        Assert.Equal(Sample.Numbers(from, to), seen);
        Assert.Empty(reader.Damage);
    }
}
