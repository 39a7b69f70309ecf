namespace Holdfast.Journal.Tests;

public sealed class PlaceTests : IDisposable
{
    private const int Count = 2000;

    private readonly TemporaryFolder _folder = new();
    private readonly FaultyDisk _disk = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Place_OfAnyRecord_GivesItAgainAndGoesOn()
    {
        using var writer = Write(segmentBytes: 20_000);
        using var reader = JournalReader.Open(_folder.Journal);
        var places = Places(reader);
        var random = new Random(1);
        for (var i = 0; i < 500; i++)
        {
            var number = random.Next(1, Count);
            reader.Seek(places[number - 1]);
            Assert.Equal(number, reader.NextSequence);
            foreach (var next in new[] { number, number + 1 })
            {
                Assert.True(reader.TryRead(out var record));
                Assert.Equal(next, record.Sequence);
                Assert.True(record.Payload.Span.SequenceEqual(Sample.Payload(next)));
                Assert.Equal(places[next - 1], reader.Place);
            }
        }
        reader.Seek(places[0]);
        Assert.Equal(Sample.Numbers(1, Count), Sample.Read(reader));
        Assert.Empty(reader.Damage);
    }

    [Fact]
    public void Place_AtTheEndOfALongSegment_IsReachedInTwoReads()
    {
        using var writer = Write(segmentBytes: 64 << 20);
        using var reader = JournalReader.Open(_folder.Journal, _disk);
        var last = Places(reader)[^1];
        reader.Seek(1);
        var before = _disk.Calls["read"];
        reader.Seek(last);
        Assert.True(reader.TryRead(out var record));
        Assert.Equal(Count, record.Sequence);
        Assert.InRange(_disk.Calls["read"] - before, 1, 2);
    }

    [Fact]
    public void Place_OfARecordThatWasLetGo_GoesOnAfterItAndSaysWhy()
    {
        using var writer = Write(segmentBytes: 20_000);
        List<JournalPlace> places;
        using (var first = JournalReader.Open(_folder.Journal)) places = Places(first);
        var kept = JournalRetention.Apply(_folder.Journal, new JournalRetentionRule { UpTo = Count, MaxBytes = 50_000 }).FirstKept;
        using var reader = JournalReader.Open(_folder.Journal);
        reader.Seek(places[9]);
        Assert.Equal(Sample.Numbers(kept, Count), Sample.Read(reader));
        Assert.Equal((10, kept - 1), (reader.Damage[0].FromSequence, reader.Damage[0].ToSequence));
    }

    [Fact]
    public void Place_WhereSomethingElseStands_IsLookedForByItsNumber()
    {
        JournalPlace place;
        using (var writer = Write(segmentBytes: 64 << 20))
        using (var reader = JournalReader.Open(_folder.Journal))
            place = Places(reader)[9];
        var bytes = File.ReadAllBytes(_folder.Segments[0]);
        bytes[place.Offset + 33] ^= 1;
        File.WriteAllBytes(_folder.Segments[0], bytes);

        using var again = JournalReader.Open(_folder.Journal);
        again.Seek(place);
        Assert.True(again.TryRead(out var record));
        Assert.Equal(11, record.Sequence);
        Assert.Equal((10, 10), (again.Damage[^1].FromSequence, again.Damage[^1].ToSequence));
        again.Seek(place with { Sequence = 20 });
        Assert.True(again.TryRead(out record));
        Assert.Equal(20, record.Sequence);
        again.Seek(default(JournalPlace));
        Assert.True(again.TryRead(out record));
        Assert.Equal(1, record.Sequence);
    }

    private JournalWriter Write(long segmentBytes)
    {
        var writer = JournalWriter.Open(_folder.Journal, new JournalOptions { SegmentBytes = segmentBytes });
        while (writer.LastSequence < Count)
        {
            Sample.Append(writer, 10);
            Assert.True(writer.Flush().Ok);
        }
        return writer;
    }

    private static List<JournalPlace> Places(JournalReader reader)
    {
        List<JournalPlace> places = [];
        while (reader.TryRead(out _)) places.Add(reader.Place);
        Assert.Equal(Count, places.Count);
        return places;
    }
}
