using System.Globalization;

namespace Holdfast.Journal;

/// <summary>What retention may let go. A segment goes when the caller permits its numbers and one of the two limits is passed.</summary>
public sealed record JournalRetentionRule
{
    /// <summary>The last number that may go; 0 lets nothing go.</summary>
    public required long UpTo { get; init; }

    /// <summary>Segments that were last written longer ago than this go; null for no limit by age.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The oldest segments go while all of them together have more bytes than this; null for no limit by size.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>Whether nobody will write the journal any more: then its last segment may go, too. Default false.</summary>
    public bool Ended { get; init; }

    /// <summary>What is said of what goes, after the date; null for the limit that was passed.</summary>
    public string? Why { get; init; }
}

/// <summary>A segment that may go.</summary>
/// <param name="First">The first number it can hold.</param>
/// <param name="Last">The last number it can hold.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Written">When it or one before it was last written: a clock that was wrong keeps a segment too long and never too short.</param>
public sealed record JournalSegment(long First, long Last, long Bytes, DateTimeOffset Written);

/// <summary>What retention has done.</summary>
/// <param name="Segments">How many segments were deleted.</param>
/// <param name="Bytes">How many bytes they had.</param>
/// <param name="FirstKept">The first number that the journal still can hold.</param>
/// <param name="Error">Null when all went well, else what could not be done, naming the file and the mend; it can be tried again.</param>
public sealed record JournalRetentionResult(int Segments, long Bytes, long FirstKept, string? Error);

/// <summary>
/// Lets old records go: whole segments, oldest first, never the one that is written. Leaves a line for each in <c>let-go.jsonl</c>, from
/// which readers say why the records are not there. Safe beside a writer and readers of any process.
/// </summary>
public static class JournalRetention
{
    /// <summary>Applies <paramref name="rule"/> once.</summary>
    public static JournalRetentionResult Apply(string folder, JournalRetentionRule rule, TimeProvider? time = null) =>
        Apply(folder, rule, time ?? TimeProvider.System, UnixDisk.Instance);

    /// <summary>The segments that may go when everything up to <paramref name="upTo"/> may, oldest first.</summary>
    /// <param name="folder">The journal's folder.</param>
    /// <param name="upTo">The last number that may go.</param>
    /// <param name="ended">Whether nobody will write the journal any more.</param>
    public static IEnumerable<JournalSegment> Candidates(string folder, long upTo, bool ended) => Candidates(Listed(folder), upTo, ended, UnixDisk.Instance);

    /// <summary>The bytes of all segments of the journal; 0 when there is none.</summary>
    public static long BytesOf(string folder) => Files(Listed(folder)).Sum(file => file.Length);

    internal static JournalRetentionResult Apply(string folder, JournalRetentionRule rule, TimeProvider time, IDisk disk)
    {
        // An ended journal that somebody writes all the same has not ended.
        using var taken = rule.Ended ? UnixDisk.OpenFolder(folder, out _) : null;
        var ended = taken is not null && UnixDisk.TryLock(taken);
        try
        {
            return Apply(Listed(folder), rule with { Ended = ended }, time.GetUtcNow(), disk);
        }
        finally
        {
            if (ended) UnixDisk.Unlock(taken!);
        }
    }

    private static JournalRetentionResult Apply(SegmentFolder segments, JournalRetentionRule rule, DateTimeOffset now, IDisk disk)
    {
        var gone = Choose(segments, rule, now, disk);
        var (count, bytes) = (0, 0L);
        var error = gone.Count == 0 ? null : Remember(segments.Path, gone, disk);
        for (; error is null && count < gone.Count; count++)
        {
            var path = Path.Combine(segments.Path, gone[count].Segment);
            var errno = disk.Delete(path);
            if (errno is not (0 or Errno.NoEntry))
            {
                error = Errno.Failure(errno, "could not be deleted", path).Error;
                break;
            }
            bytes += gone[count].Bytes;
        }
        var firstKept = count > 0 ? gone[count - 1].To + 1 : segments.Firsts.FirstOrDefault(1);
        return new JournalRetentionResult(count, bytes, firstKept, error);
    }

    private static SegmentFolder Listed(string folder)
    {
        var segments = new SegmentFolder(folder);
        segments.Refresh();
        return segments;
    }

    private static IEnumerable<FileInfo> Files(SegmentFolder segments) =>
        segments.Firsts.Select(first => new FileInfo(segments.FileOf(first))).Where(file => file.Exists);

    private static IEnumerable<JournalSegment> Candidates(SegmentFolder segments, long upTo, bool ended, IDisk disk)
    {
        // Segments are in order of time, whatever the clock says: none counts as older than one before it.
        var written = DateTimeOffset.MinValue;
        foreach (var (first, next) in segments.Firsts.Zip(segments.Firsts.Skip(1).Append(0)))
        {
            if (first > upTo || (next == 0 && !ended)) yield break;
            var file = new FileInfo(segments.FileOf(first));
            if (!file.Exists) yield break;
            if (file.LastWriteTimeUtc > written) written = file.LastWriteTimeUtc;
            var last = next > 0 ? next - 1 : LastOf(segments, first, disk);
            if (last is null || last > upTo) yield break;
            yield return new JournalSegment(first, last.Value, file.Length, written);
        }
    }

    /// <summary>The last number of a journal that nobody writes: as its clean close tells, else as its last segment does. Null when that cannot be known.</summary>
    private static long? LastOf(SegmentFolder segments, long first, IDisk disk)
    {
        if (JournalOpening.ReadClosed(segments.Path) is { } closed) return closed;
        using var segment = SegmentReader.Open(disk, segments.FileOf(first), first);
        while (segment.TryRead(out _) || segment.TryPassDamage(out _)) { }
        return segment.IsKnown ? segment.Expected - 1 : null;
    }

    private static List<LetGo> Choose(SegmentFolder segments, JournalRetentionRule rule, DateTimeOffset now, IDisk disk)
    {
        List<LetGo> chosen = [];
        var total = rule.MaxBytes is null ? 0 : Files(segments).Sum(file => file.Length);
        foreach (var segment in Candidates(segments, rule.UpTo, rule.Ended, disk))
        {
            var old = now - segment.Written > rule.MaxAge;
            if (!old && !(total > rule.MaxBytes)) break;
            var why = rule.Why ?? (old ? $"older than {rule.MaxAge!.Value.TotalDays.ToString("0.##", CultureInfo.InvariantCulture)} days"
                : string.Create(CultureInfo.InvariantCulture, $"the journal had more than {rule.MaxBytes:N0} bytes"));
            chosen.Add(new LetGo(SegmentHeader.FileName(segment.First), segment.First, segment.Last, segment.Bytes, now, why));
            total -= segment.Bytes;
        }
        return chosen;
    }

    /// <summary>Writes what is about to be deleted and waits until it is on the disk: a record may be kept that is said to be gone, never the other way round.</summary>
    private static string? Remember(string folder, List<LetGo> gone, IDisk disk)
    {
        var known = LetGo.ReadAll(folder).Select(line => line.Segment).ToHashSet();
        byte[] lines = [.. gone.Where(line => !known.Contains(line.Segment)).SelectMany(line => line.ToLine())];
        var path = Path.Combine(folder, LetGo.FileName);
        using var file = disk.Create(path, out var errno);
        if (file is null) return Errno.Failure(errno, "could not be opened", path).Error;
        var end = RandomAccess.GetLength(file);
        // The last line may be cut off by a power cut; an empty line does no harm.
        if (end > 0) lines = [(byte)'\n', .. lines];
        errno = disk.Write(file, lines, end);
        if (errno != 0) _ = disk.Cut(file, end);
        if (errno == 0) errno = disk.Sync(file);
        using var names = errno == 0 ? UnixDisk.OpenFolder(folder, out errno) : null;
        if (names is not null) errno = disk.SyncFolder(names);
        return errno == 0 ? null : Errno.Failure(errno, "could not be written", path).Error;
    }
}
