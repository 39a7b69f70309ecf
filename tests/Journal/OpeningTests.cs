namespace Holdfast.Journal.Tests;

public sealed class OpeningTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Journal_AfterAPowerCut_NeverUsesANumberTwice()
    {
        Write(10);
        PretendAnotherBoot(closed: false);
        using (var writer = JournalWriter.Open(_folder.Journal))
        {
            var gap = Assert.Single(writer.Recovery.Damage);
            Assert.Equal((11L, 10 + JournalOpening.PassedOver), (gap.FromSequence, gap.ToSequence));
            Assert.Equal(10, writer.LastSequence);
            Assert.Equal(11 + JournalOpening.PassedOver, writer.Append(0, Sample.Payload(11 + JournalOpening.PassedOver)));
            Assert.True(writer.Flush().Ok);
            // A page that had seen numbers that the power cut took back asks for what follows them.
            foreach (var seen in new long[] { 1, 11, 15 })
            {
                var (numbers, damage) = Sample.ReadAll(_folder.Journal, seen);
                Assert.Equal(11 + JournalOpening.PassedOver, numbers[^1]);
                Assert.Equal(JournalGap.Restarted, Assert.Single(damage).Reason);
            }
        }
        Write(5);
        Assert.Equal(2, _folder.Segments.Length);
    }

    [Fact]
    public void Journal_ClosedBeforeTheComputerWasStartedAgain_GoesOnWithTheNextNumber()
    {
        Write(10);
        PretendAnotherBoot(closed: true);
        Write(10);
        Assert.Equal(2, _folder.Segments.Length);
        var (numbers, damage) = Sample.ReadAll(_folder.Journal);
        Assert.Equal(Sample.Numbers(1, 20), numbers);
        Assert.Empty(damage);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(SegmentHeader.Size)]
    public void LastSegment_WithoutAWholeHeader_IsBegunAnew(int bytes)
    {
        Write(10);
        File.WriteAllBytes(Path.Combine(_folder.Journal, SegmentHeader.FileName(11)), new byte[bytes]);
        using var live = JournalReader.Open(_folder.Journal);
        Assert.Equal(Sample.Numbers(1, 10), Sample.Read(live));
        using (var writer = JournalWriter.Open(_folder.Journal))
        {
            Assert.Equal((10, bytes), (writer.LastSequence, writer.Recovery.TornBytes));
            Sample.Append(writer, 1);
            Assert.True(writer.Flush().Ok);
            Assert.Equal([11], Sample.Read(live));
        }
        Assert.Equal(2, _folder.Segments.Length);
        Assert.Empty(live.Damage);
    }

    [Fact]
    public void LastSegment_WithADamagedHeader_IsReadAndNotWrittenTo()
    {
        Write(10);
        var bytes = File.ReadAllBytes(_folder.Segments[0]);
        bytes[14] ^= 1;
        File.WriteAllBytes(_folder.Segments[0], bytes);
        using var live = JournalReader.Open(_folder.Journal);
        Assert.Equal(Sample.Numbers(1, 10), Sample.Read(live));
        Assert.Contains("header", Assert.Single(live.Damage).Reason, StringComparison.Ordinal);
        Write(10);
        Assert.Equal(2, _folder.Segments.Length);
        Assert.Equal(Sample.Numbers(11, 20), Sample.Read(live));
    }

    [Fact]
    public void SecondWriter_OfOneFolder_IsRefused()
    {
        using (var writer = JournalWriter.Open(_folder.Journal))
        {
            var error = Assert.Throws<IOException>(() => JournalWriter.Open(_folder.Journal));
            Assert.Contains("another writer", error.Message, StringComparison.Ordinal);
        }
        JournalWriter.Open(_folder.Journal).Dispose();
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Files_AreTheirOwnersAlone()
    {
        Write(1);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.Journal));
        Assert.All(Directory.GetFiles(_folder.Journal), path => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
    }

    [Fact]
    public void Clock_GoingBack_ChangesNothingButTimestamps()
    {
        var clock = new ManualClock { Now = new DateTimeOffset(2026, 1, 2, 0, 0, 0, TimeSpan.Zero) };
        using var writer = JournalWriter.Open(_folder.Journal, new JournalOptions { Time = clock, SegmentBytes = 100 });
        for (var i = 0; i < 20; i++)
        {
            clock.Now = clock.Now.AddDays(i % 2 == 0 ? -400 : 90);
            Sample.Append(writer, 1);
            Assert.True(writer.Flush().Ok);
        }
        Assert.Equal(Sample.Numbers(1, 20), Sample.ReadAll(_folder.Journal).Numbers);
        using var reader = JournalReader.Open(_folder.Journal);
        reader.Seek(20);
        Assert.True(reader.TryRead(out var last));
        Assert.Equal(clock.Now.ToUnixTimeMilliseconds() * 1000, last.Timestamp);
    }

    [Fact]
    public void Record_LargerThanTheBuffer_IsWholeAndTheBufferShrinksAgain()
    {
        var payload = new byte[20_000_000];
        new Random(1).NextBytes(payload);
        using var writer = JournalWriter.Open(_folder.Journal);
        using var reader = JournalReader.Open(_folder.Journal);
        for (var i = 0; i < 3; i++)
        {
            writer.Append(1, payload);
            writer.Append(2, [1, 2, 3]);
            Assert.True(writer.PendingBytes > payload.Length);
            Assert.True(writer.Flush().Ok);
            Assert.Equal(0, writer.PendingBytes);
            Assert.True(reader.TryRead(out var large));
            Assert.True(large.Payload.Span.SequenceEqual(payload));
            Assert.True(reader.TryRead(out var small));
            Assert.Equal([1, 2, 3], small.Payload.ToArray());
        }
    }

    [Fact]
    public void AppendFlushAndRead_Repeated_AllocateNothing()
    {
        var payload = new byte[200];
        using var writer = JournalWriter.Open(_folder.Journal);
        using var reader = JournalReader.Open(_folder.Journal);
        Round(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Round(2000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2000);

        void Round(int times)
        {
            for (var i = 0; i < times; i++)
            {
                for (var j = 0; j < 8; j++) writer.Append(1, payload);
                if (!writer.Flush().Ok) throw new InvalidOperationException();
                for (var j = 0; j < 8; j++)
                    if (!reader.TryRead(out _)) throw new InvalidOperationException();
            }
        }
    }

    private void Write(int count)
    {
        using var writer = JournalWriter.Open(_folder.Journal);
        for (var i = 0; i < count; i++) writer.Append(0, Sample.Payload(writer.LastSequence + 1));
        Assert.True(writer.Flush().Ok);
    }

    private void PretendAnotherBoot(bool closed)
    {
        var path = _folder.Segments[^1];
        var bytes = File.ReadAllBytes(path);
        (SegmentHeader.Read(bytes)! with { Boot = 42 }).Write(bytes);
        File.WriteAllBytes(path, bytes);
        if (!closed) File.Delete(Path.Combine(_folder.Journal, "closed"));
    }
}
