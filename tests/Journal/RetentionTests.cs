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
