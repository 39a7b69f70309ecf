namespace Holdfast.Journal.Tests;

public sealed class RetentionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Retention_BySize_LetsTheOldestGoAndReadersSayWhy()
    {
        using var writer = Write(200);
        using var before = JournalReader.Open(_folder.Journal);
        Assert.True(before.TryRead(out _));
        var segments = _folder.Segments;
        var result = Apply(new JournalRetentionRule { UpTo = 200, MaxBytes = 10_000 });
        Assert.Null(result.Error);
        Assert.Equal(segments.Length - result.Segments, _folder.Segments.Length);
        Assert.InRange(_folder.Segments.Sum(path => new FileInfo(path).Length), 1, 10_000);
        Assert.Equal(FirstOf(_folder.Segments[0]), result.FirstKept);

        var (numbers, damage) = Sample.ReadAll(_folder.Journal);
        Assert.Equal(Sample.Numbers(result.FirstKept, 200), numbers);
        var gone = Assert.Single(damage);
        Assert.Equal((1, result.FirstKept - 1), (gone.FromSequence, gone.ToSequence));
        Assert.Equal($"Let go by retention on {_clock.Now:yyyy-MM-dd}: the journal had more than 10,000 bytes.", gone.Reason);

        // A reader that stood in a segment that went reads it to its end and goes on after what is missing.
        var rest = Sample.Read(before);
        Assert.Equal(FirstOf(segments[1]) - 2, rest.Count(number => number < result.FirstKept));
        Assert.Equal((FirstOf(segments[1]), result.FirstKept - 1), (before.Damage[0].FromSequence, before.Damage[0].ToSequence));
        Assert.Equal(200, rest[^1]);
        Sample.Append(writer, 1);
        Assert.True(writer.Flush().Ok);
        Assert.Equal([201], Sample.Read(before));
    }

    [Fact]
    public void Retention_PastTheNumberThatMayGo_Keeps()
    {
        using var writer = Write(200);
        var second = FirstOf(_folder.Segments[1]);
        Assert.Equal(0, Apply(new JournalRetentionRule { UpTo = 0, MaxBytes = 0 }).Segments);
        Assert.Equal(0, Apply(new JournalRetentionRule { UpTo = second - 2, MaxBytes = 0 }).Segments);
        Assert.Equal(0, Apply(new JournalRetentionRule { UpTo = 200 }).Segments);
        Assert.Equal(1, Apply(new JournalRetentionRule { UpTo = second - 1, MaxBytes = 0 }).Segments);
        Assert.True(Apply(new JournalRetentionRule { UpTo = long.MaxValue, MaxBytes = 0 }).Segments > 1);
        Assert.Single(_folder.Segments);
        writer.Dispose();
        using var again = JournalWriter.Open(_folder.Journal);
        Assert.Equal(200, again.LastSequence);
    }

    [Fact]
    public void Retention_ByAge_KeepsTooLongRatherThanTooShortWhenTheClockWasWrong()
    {
        using var writer = Write(200);
        var segments = _folder.Segments;
        var rule = new JournalRetentionRule { UpTo = 200, MaxAge = TimeSpan.FromDays(30) };
        Assert.Equal(0, Apply(rule).Segments);
        for (var i = 0; i < segments.Length; i++) File.SetLastWriteTimeUtc(segments[i], _clock.Now.UtcDateTime.AddDays(-60));
        // Written while the clock was ahead, and all that follows while it was right.
        File.SetLastWriteTimeUtc(segments[2], _clock.Now.UtcDateTime.AddDays(5));
        Assert.Equal(2, Apply(rule).Segments);
        _clock.Now = _clock.Now.AddDays(-1000);
        Assert.Equal(0, Apply(rule).Segments);
        _clock.Now = _clock.Now.AddDays(1036);
        Assert.Equal(segments.Length - 3, Apply(rule).Segments);
        Assert.All(Sample.ReadAll(_folder.Journal).Damage, place => Assert.EndsWith(": older than 30 days.", place.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("create")]
    [InlineData("write")]
    [InlineData("sync")]
    [InlineData("delete")]
    public void Retention_Failed_DeletesNothingThatIsNotRemembered(string operation)
    {
        using var writer = Write(200);
        var count = _folder.Segments.Length;
        var disk = new FaultyDisk { PartOfWrite = 20 };
        disk.Fail(operation, Errno.InputOutput);
        var rule = new JournalRetentionRule { UpTo = 200, MaxBytes = 0 };
        var result = JournalRetention.Apply(_folder.Journal, rule, _clock, disk);
        Assert.NotNull(result.Error);
        Assert.Equal(0, result.Segments);
        Assert.Equal(count, _folder.Segments.Length);
        Assert.Empty(Sample.ReadAll(_folder.Journal).Damage);
        disk.Heal();
        Assert.Null(JournalRetention.Apply(_folder.Journal, rule, _clock, disk).Error);
        Assert.Single(_folder.Segments);
        Assert.Single(Sample.ReadAll(_folder.Journal).Damage);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Retention_OfAnEndedJournal_LetsAllOfItGoAndItsNumbersStayItsOwn(bool closedCleanly)
    {
        var writer = Write(200);
        var rule = new JournalRetentionRule { UpTo = 200, MaxBytes = 0, Ended = true, Why = "the test is over" };
        // As long as somebody writes it, it has not ended.
        Apply(rule);
        Assert.Single(_folder.Segments);
        writer.Dispose();
        if (!closedCleanly) File.Delete(Path.Combine(_folder.Journal, "closed"));

        Assert.Equal(0, Apply(rule with { UpTo = 199 }).Segments);
        using var before = JournalReader.Open(_folder.Journal);
        before.Seek(200);
        Assert.True(before.TryRead(out _));
        var result = Apply(rule);
        Assert.Equal((1, 201L, null), (result.Segments, result.FirstKept, result.Error));
        Assert.Empty(_folder.Segments);
        Assert.Equal(0, JournalRetention.BytesOf(_folder.Journal));
        Assert.False(before.TryRead(out _));
        Assert.DoesNotContain(before.Damage, place => place.ToSequence >= 200);

        var (numbers, damage) = Sample.ReadAll(_folder.Journal);
        Assert.Empty(numbers);
        var gone = Assert.Single(damage);
        Assert.Equal((1, 200), (gone.FromSequence, gone.ToSequence));
        Assert.EndsWith(": the test is over.", gone.Reason, StringComparison.Ordinal);

        using var again = JournalWriter.Open(_folder.Journal);
        Assert.Equal(200, again.LastSequence);
        Sample.Append(again, 1);
        Assert.True(again.Flush().Ok);
        Assert.Equal([201], Sample.ReadAll(_folder.Journal).Numbers);
        Assert.Equal([201], Sample.Read(before));
    }

    [Fact]
    public void Candidates_AreTheSegmentsThatMayGoAndWhenTheyWereWritten()
    {
        using var writer = Write(200);
        var segments = _folder.Segments;
        for (var i = 0; i < segments.Length; i++) File.SetLastWriteTimeUtc(segments[i], _clock.Now.UtcDateTime.AddDays(i == 1 ? -1 : -10));
        var all = JournalRetention.Candidates(_folder.Journal, 200, ended: false).ToList();
        Assert.Equal(segments.Length - 1, all.Count);
        Assert.Equal(_clock.Now.AddDays(-10), all[0].Written);
        Assert.All(all.Skip(1), segment => Assert.Equal(_clock.Now.AddDays(-1), segment.Written));
        Assert.Equal(all.Sum(segment => segment.Bytes) + new FileInfo(segments[^1]).Length, JournalRetention.BytesOf(_folder.Journal));
        Assert.Equal((1, all[1].First - 1), (all[0].First, all[0].Last));
        Assert.Single(JournalRetention.Candidates(_folder.Journal, all[1].First, ended: false));
        Assert.Equal(segments.Length, JournalRetention.Candidates(_folder.Journal, 200, ended: true).Count());
        Assert.Empty(JournalRetention.Candidates(Path.Combine(_folder.Path, "nothing"), 200, ended: true));
    }

    private static long FirstOf(string path) => long.Parse(Path.GetFileNameWithoutExtension(path), null);

    private JournalRetentionResult Apply(JournalRetentionRule rule) => JournalRetention.Apply(_folder.Journal, rule, _clock);

    private JournalWriter Write(int count)
    {
        var writer = JournalWriter.Open(_folder.Journal, new JournalOptions { SegmentBytes = 3000 });
        for (var i = 0; i < count; i++)
        {
            Sample.Append(writer, 1);
            Assert.True(writer.Flush().Ok);
        }
        return writer;
    }
}
