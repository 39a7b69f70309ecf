namespace Holdfast.Journal.Tests;

public sealed class ModelTests
{
    /// <summary>Random runs of append, flush, sync, reopen, read and seek against a plain list of what is visible.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Operations_InAnyOrder_EqualTheModel(int seed)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(seed);
        var options = new JournalOptions
        {
            SegmentBytes = random.Next(100, 20_000),
            BufferBytes = random.Next(64, 4000),
            Disk = new FaultyDisk { NeverSync = true },
        };
        var writer = JournalWriter.Open(folder.Journal, options);
        using var live = JournalReader.Open(folder.Journal);
        List<(byte Kind, byte[] Payload)> visible = [], pending = [];
        List<JournalPlace> places = [];
        for (var step = 0; step < 600; step++)
        {
            switch (random.Next(10))
            {
                case < 5:
                    var payload = new byte[random.Next(5) switch { 0 => 0, 1 => random.Next(20_000), _ => random.Next(200) }];
                    random.NextBytes(payload);
                    var kind = (byte)random.Next(256);
                    pending.Add((kind, payload));
                    Assert.Equal(visible.Count + pending.Count, writer.Append(kind, payload));
                    break;
                case < 7:
                    Assert.True((random.Next(2) == 0 ? writer.Flush() : writer.Sync()).Ok);
                    visible.AddRange(pending);
                    pending.Clear();
                    break;
                case 7:
                    visible.AddRange(pending);
                    pending.Clear();
                    writer.Dispose();
                    writer = JournalWriter.Open(folder.Journal, options);
                    Assert.Equal((0L, 0), (writer.Recovery.TornBytes, writer.Recovery.Damage.Count));
                    Assert.Equal(visible.Count, writer.LastSequence);
                    break;
                case 8:
                    AssertReads(live, visible);
                    if (live.Place.Sequence > 0) places.Add(live.Place);
                    break;
                case 9 when places.Count > 0 && random.Next(2) == 0:
                    var place = places[random.Next(places.Count)];
                    live.Seek(place);
                    Assert.Equal(place.Sequence, live.NextSequence);
                    break;
                default:
                    live.Seek(random.Next(1, visible.Count + 5));
                    if (live.NextSequence > visible.Count + 1) live.Seek(1);
                    break;
            }
            Assert.Equal(visible.Count, writer.VisibleSequence);
            Assert.InRange(writer.SyncedSequence, 0, writer.VisibleSequence);
        }
        AssertReads(live, visible);
        Assert.Empty(live.Damage);
        writer.Dispose();
    }

    private static void AssertReads(JournalReader reader, List<(byte Kind, byte[] Payload)> visible)
    {
        for (var next = (int)reader.NextSequence; next <= visible.Count; next++)
        {
            Assert.True(reader.TryRead(out var record));
            Assert.Equal((next, visible[next - 1].Kind), (record.Sequence, record.Kind));
            Assert.True(record.Payload.Span.SequenceEqual(visible[next - 1].Payload));
        }
        Assert.False(reader.TryRead(out _));
    }
}
