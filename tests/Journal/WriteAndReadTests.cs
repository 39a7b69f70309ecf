using System.Text;

namespace Holdfast.Journal.Tests;

public sealed class WriteAndReadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Journal_Reopened_GoesOnWithTheNextNumber()
    {
        using (var writer = JournalWriter.Open(_folder.Journal))
        {
            Assert.Equal(1, writer.Append(7, "one"u8));
            Assert.Equal(2, writer.Append(8, ""u8));
            Assert.True(writer.Flush().Ok);
        }
        using (var writer = JournalWriter.Open(_folder.Journal))
        {
            Assert.Equal(0, writer.Recovery.TornBytes);
            Assert.Equal(2, writer.LastSequence);
            Assert.Equal(2, writer.SyncedSequence);
            "three"u8.CopyTo(writer.Reserve(9, 5, out var sequence));
            Assert.Equal(3, sequence);
            Assert.True(writer.Sync().Ok);
            Assert.Equal(3, writer.SyncedSequence);
        }
        Assert.Equal(["1 7 one", "2 8 ", "3 9 three"], ReadAll(1));
        Assert.Equal(["3 9 three"], ReadAll(3));
        Assert.Single(_folder.Segments);
    }

    [Fact]
    public void Segment_Full_IsFollowedByTheNext()
    {
        using var writer = JournalWriter.Open(_folder.Journal, new JournalOptions { SegmentBytes = 1000 });
        using var reader = JournalReader.Open(_folder.Journal);
        for (var i = 1; i <= 100; i++)
        {
            writer.Append(1, Encoding.ASCII.GetBytes($"record {i}"));
            Assert.False(reader.TryRead(out _));
            Assert.True(writer.Flush().Ok, writer.Flush().Error);
            Assert.True(reader.TryRead(out var record));
            Assert.Equal($"record {i}", Encoding.ASCII.GetString(record.Payload.Span));
        }
        Assert.InRange(_folder.Segments.Length, 4, 10);
        Assert.Empty(reader.Damage);
    }

    private List<string> ReadAll(long from)
    {
        using var reader = JournalReader.Open(_folder.Journal);
        reader.Seek(from);
        List<string> all = [];
        while (reader.TryRead(out var record)) all.Add($"{record.Sequence} {record.Kind} {Encoding.ASCII.GetString(record.Payload.Span)}");
        Assert.Empty(reader.Damage);
        return all;
    }
}
