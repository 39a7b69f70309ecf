namespace Holdfast.Journal.Tests;

public sealed class TornAndDamagedTests : IDisposable
{
    private const int Records = 12;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tail_CutAtEveryByte_LeavesEveryWholeRecord()
    {
        var (bytes, ends) = WriteOneSegment();
        var options = new JournalOptions { Disk = new FaultyDisk { NeverSync = true } };
        for (var length = 0; length <= bytes.Length; length++)
        {
            File.WriteAllBytes(_folder.Segments[0], bytes[..length]);
            File.Delete(Path.Combine(_folder.Journal, "closed"));
            var whole = ends.Count(end => end <= length);
            Assert.Equal(Sample.Numbers(1, whole), Sample.ReadAll(_folder.Journal).Numbers);
            Assert.Empty(Sample.ReadAll(_folder.Journal).Damage);
            using (var writer = JournalWriter.Open(_folder.Journal, options))
            {
                Assert.Equal(whole, writer.LastSequence);
                Assert.Equal(length - (whole > 0 ? ends[whole - 1] : length < SegmentHeader.Size ? 0 : SegmentHeader.Size), writer.Recovery.TornBytes);
                Assert.Empty(writer.Recovery.Damage);
                Sample.Append(writer, 2);
                Assert.True(writer.Flush().Ok);
            }
            var (numbers, damage) = Sample.ReadAll(_folder.Journal);
            Assert.Equal(Sample.Numbers(1, whole + 2), numbers);
            Assert.Empty(damage);
        }
    }

    [Fact]
    public void Byte_FlippedAnywhere_IsNamedAndTheRestIsRead()
    {
        var (bytes, ends) = WriteOneSegment();
        // A next segment, so that the flipped one is closed and its tail counts as damage too.
        var next = Path.Combine(_folder.Journal, SegmentHeader.FileName(Records + 1));
        File.WriteAllBytes(next, []);
        for (var at = 0; at < bytes.Length; at++)
        {
            var flipped = bytes.ToArray();
            flipped[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(_folder.Segments[0], flipped);
            var (numbers, damage) = Sample.ReadAll(_folder.Journal);
            var place = Assert.Single(damage);
            Assert.Equal(Path.GetFileName(_folder.Segments[0]), place.Segment);
            var hit = at < SegmentHeader.Size ? 0 : ends.FindIndex(end => at < end) + 1;
            Assert.Equal(Sample.Numbers(1, Records).Where(number => number != hit), numbers);
            Assert.Equal(hit == 0 ? (1, 0) : (hit, hit), (place.FromSequence, place.ToSequence));
            Assert.InRange(place.Offset, 0, at);
        }
    }

    /// <summary>Found by bench/Fuzz: a damaged length had the reader make room for it, up to a gigabyte.</summary>
    [Fact]
    public void Length_DamagedToAGigabyte_TakesNoRoomForIt()
    {
        var (bytes, ends) = WriteOneSegment();
        BitConverter.TryWriteBytes(bytes.AsSpan((int)ends[3] + 4), 1 << 30);
        File.WriteAllBytes(_folder.Segments[0], bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var (numbers, damage) = Sample.ReadAll(_folder.Journal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4 << 20);
        Assert.DoesNotContain(5, numbers);
        Assert.Contains(6, numbers);
        Assert.Single(damage);
    }

    [Fact]
    public void Byte_FlippedInTheLastSegment_IsToldByRecoveryAndByALiveReader()
    {
        var (bytes, ends) = WriteOneSegment();
        bytes[ends[4] + 40] ^= 1;
        File.WriteAllBytes(_folder.Segments[0], bytes);
        using var writer = JournalWriter.Open(_folder.Journal);
        var place = Assert.Single(writer.Recovery.Damage);
        Assert.Equal((6L, 6L, (long)ends[4]), (place.FromSequence, place.ToSequence, place.Offset));
        Assert.Equal(0, writer.Recovery.TornBytes);
        using var reader = JournalReader.Open(_folder.Journal);
        Assert.Equal(Sample.Numbers(1, Records).Where(number => number != 6), Sample.Read(reader));
        Assert.Equal(place, Assert.Single(reader.Damage));
        Sample.Append(writer, 1);
        Assert.True(writer.Flush().Ok);
        Assert.Equal([Records + 1], Sample.Read(reader));
    }

    [Fact]
    public void Records_OfAnotherSegmentInAPayload_AreNotTakenForRecords()
    {
        var (bytes, ends) = WriteOneSegment();
        Directory.Delete(_folder.Journal, true);
        using (var writer = JournalWriter.Open(_folder.Journal))
        {
            // The copied records have numbers that would be plausible after the damaged one.
            for (var i = 1; i <= 3; i++) writer.Append(0, i == 3 ? bytes.AsSpan(ends[2], bytes.Length - ends[2]) : Sample.Payload(i));
            writer.Append(0, Sample.Payload(4));
        }
        var path = _folder.Segments[0];
        var copy = File.ReadAllBytes(path);
        copy[copy.AsSpan().IndexOf(bytes.AsSpan(ends[2])) - 1] ^= 1;
        File.WriteAllBytes(path, copy);
        var (numbers, damage) = Sample.ReadAll(_folder.Journal);
        Assert.Equal([1, 2, 4], numbers);
        Assert.Equal((3L, 3L), (Assert.Single(damage).FromSequence, damage[0].ToSequence));
    }

    [Fact]
    public void Segment_Missing_IsNamed()
    {
        Write(100, new JournalOptions { SegmentBytes = 2000 });
        var names = _folder.Segments.Select(path => long.Parse(Path.GetFileNameWithoutExtension(path), null)).ToArray();
        File.Delete(_folder.Segments[1]);
        var (numbers, damage) = Sample.ReadAll(_folder.Journal);
        Assert.Equal([.. Sample.Numbers(1, names[1] - 1), .. Sample.Numbers(names[2], 100)], numbers);
        var place = Assert.Single(damage);
        Assert.Equal((names[1], names[2] - 1), (place.FromSequence, place.ToSequence));
        Assert.Contains("missing", place.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Segment_OfALaterFormat_IsRefusedByTheWriterAndNamedByTheReader()
    {
        var (bytes, _) = WriteOneSegment();
        (SegmentHeader.Read(bytes)! with { Version = 9 }).Write(bytes);
        File.WriteAllBytes(_folder.Segments[0], bytes);
        var error = Assert.Throws<IOException>(() => JournalWriter.Open(_folder.Journal));
        Assert.Contains("format 9", error.Message, StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(_folder.Journal, SegmentHeader.FileName(Records + 1)), []);
        var (numbers, damage) = Sample.ReadAll(_folder.Journal);
        Assert.Empty(numbers);
        Assert.Contains("format 9", Assert.Single(damage).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Block_ThatTheDiskCannotRead_IsNamedAndTheRestIsRead()
    {
        Write(400, new JournalOptions());
        using var reader = JournalReader.Open(_folder.Journal, new FaultyDisk { BadBlock = 8192 });
        var numbers = Sample.Read(reader);
        var place = Assert.Single(reader.Damage);
        Assert.InRange(place.Offset, 8192 - 400, 8192);
        Assert.Equal(Sample.Numbers(1, 400).Where(number => number < place.FromSequence || number > place.ToSequence), numbers);
        Assert.InRange(numbers.Count, 350, 398);
    }

    private (byte[] Bytes, List<int> Ends) WriteOneSegment()
    {
        Write(Records, new JournalOptions());
        File.Delete(Path.Combine(_folder.Journal, "closed"));
        var bytes = File.ReadAllBytes(Assert.Single(_folder.Segments));
        List<int> ends = [];
        for (var i = 1; i <= Records; i++)
            ends.Add((ends.Count == 0 ? SegmentHeader.Size : ends[^1]) + RecordHeader.TotalOf(Sample.Payload(i).Length));
        Assert.Equal(bytes.Length, ends[^1]);
        return (bytes, ends);
    }

    private void Write(int count, JournalOptions options)
    {
        using var writer = JournalWriter.Open(_folder.Journal, options);
        for (var i = 0; i < count; i++)
        {
            Sample.Append(writer, 1);
            Assert.True(writer.Flush().Ok);
        }
    }
}
