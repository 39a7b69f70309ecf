namespace Holdfast.Journal.Tests;

public sealed class PowerCutTests
{
    private const int Page = 4096;

    /// <summary>A power cut keeps what was synced, and of the rest any pages and any length.</summary>
    [Fact]
    public void PowerCut_AtAnyMoment_KeepsWhatWasSyncedAndNamesTheRest()
    {
        for (var seed = 0; seed < 150; seed++)
        {
            using var folder = new TemporaryFolder();
            var options = new JournalOptions { Disk = new FaultyDisk { NeverSync = true }, SegmentBytes = 40_000 };
            var random = new Random(seed);
            var (synced, last) = WriteAndCut(folder, options, random);

            long next;
            JournalRecovery recovery;
            using (var writer = JournalWriter.Open(folder.Journal, options))
            {
                recovery = writer.Recovery;
                Assert.InRange(writer.LastSequence, synced, last);
                next = writer.Append(0, []);
                writer.Append(0, []);
                Assert.True(writer.Sync().Ok);
            }
            Assert.True(next > last, $"Number {next} has been used before the power cut.");
            AssertAllTold(folder, synced, next, recovery, random);
        }
    }

    /// <summary>The bytes of a segment as if it had been written before the computer was started.</summary>
    public static byte[] OfAnotherBoot(byte[] segment)
    {
        (SegmentHeader.Read(segment)! with { Boot = 42 }).Write(segment);
        return segment;
    }

    private static (long Synced, long Last) WriteAndCut(TemporaryFolder folder, JournalOptions options, Random random)
    {
        long synced, last;
        int kept;
        byte[] bytes;
        using (var writer = JournalWriter.Open(folder.Journal, options))
        {
            Sample.Append(writer, random.Next(1, 400));
            Assert.True(writer.Sync().Ok);
            if (random.Next(2) == 0)
            {
                Sample.Append(writer, 1);
                Assert.True(writer.Sync().Ok);
            }
            synced = writer.SyncedSequence;
            kept = File.ReadAllBytes(folder.Segments[^1]).Length;
            Sample.Append(writer, random.Next(1, 100));
            // Within the segment: what ends a segment is synced before the next one begins.
            var segments = folder.Segments.Length;
            Assert.True(writer.Flush().Ok);
            if (folder.Segments.Length > segments)
            {
                synced = SegmentHeader.FirstOf(Path.GetFileName(folder.Segments[^1]))!.Value - 1;
                kept = SegmentHeader.Size;
            }
            last = writer.LastSequence;
            bytes = File.ReadAllBytes(folder.Segments[^1]);
        }
        File.Delete(Path.Combine(folder.Journal, "closed"));
        var length = random.Next(kept, bytes.Length + 1);
        for (var page = kept / Page * Page; page < length; page += Page)
            if (random.Next(3) == 0) bytes.AsSpan(Math.Max(page, kept), Math.Min(page + Page, length) - Math.Max(page, kept)).Clear();
        File.WriteAllBytes(folder.Segments[^1], OfAnotherBoot(bytes[..length]));
        return (synced, last);
    }

    private static void AssertAllTold(TemporaryFolder folder, long synced, long next, JournalRecovery recovery, Random random)
    {
        using var reader = JournalReader.Open(folder.Journal);
        var told = 0L;
        while (reader.TryRead(out var record))
        {
            if (record.Sequence > synced && record.Sequence != told + 1) Assert.NotEmpty(reader.Damage);
            if (record.Sequence <= synced) Assert.Equal(told + 1, record.Sequence);
            Assert.True(record.Sequence >= next || record.Payload.Span.SequenceEqual(Sample.Payload(record.Sequence)));
            told = record.Sequence;
        }
        Assert.Equal(next + 1, told);
        Assert.Equal(recovery.Damage.Select(place => (place.FromSequence, place.ToSequence)), reader.Damage.Select(place => (place.FromSequence, place.ToSequence)));
        using var later = JournalReader.Open(folder.Journal);
        later.Seek(random.NextInt64(synced + 1, next + 1));
        Assert.True(later.TryRead(out _));
    }
}
