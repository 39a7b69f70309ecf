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
}

/// <summary>What retention has done.</summary>
/// <param name="Segments">How many segments were deleted.</param>
/// <param name="Bytes">How many bytes they had.</param>
/// <param name="FirstKept">The first number that the journal still can hold.</param>
/// <param name="Error">Null when all went well, else what could not be done, naming the file and the mend; it can be tried again.</param>
public sealed record JournalRetentionResult(int Segments, long Bytes, long FirstKept, string? Error);

/// <summary>
/// Lets old records go: whole closed segments, oldest first, never the one that is written. Leaves a line for each in <c>let-go.jsonl</c>, from
/// which readers say why the records are not there. Safe beside a writer and readers of any process.
/// </summary>
public static class JournalRetention
{
    /// <summary>Applies <paramref name="rule"/> once.</summary>
    public static JournalRetentionResult Apply(string folder, JournalRetentionRule rule, TimeProvider? time = null) =>
        Apply(folder, rule, time ?? TimeProvider.System, UnixDisk.Instance);

    internal static JournalRetentionResult Apply(string folder, JournalRetentionRule rule, TimeProvider time, IDisk disk)
    {
        var segments = new SegmentFolder(folder);
        segments.Refresh();
        var gone = Choose(segments, rule, time.GetUtcNow());
        var (count, bytes) = (0, 0L);
        var error = gone.Count == 0 ? null : Remember(folder, gone, disk);
        for (; error is null && count < gone.Count; count++)
        {
            var path = Path.Combine(folder, gone[count].Segment);
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

    private static List<LetGo> Choose(SegmentFolder segments, JournalRetentionRule rule, DateTimeOffset now)
    {
        List<LetGo> chosen = [];
        var files = segments.Firsts.ConvertAll(first => new FileInfo(segments.FileOf(first)));
        var total = files.Sum(file => file.Exists ? file.Length : 0);
        // Segments are in order of time, whatever the clock says: none counts as older than one before it, so that a clock that was wrong
        // keeps a segment too long and never too short.
        var written = DateTimeOffset.MinValue;
        for (var i = 0; i < files.Count - 1 && files[i].Exists; i++)
        {
            var to = segments.Firsts[i + 1] - 1;
            if (files[i].LastWriteTimeUtc > written) written = files[i].LastWriteTimeUtc;
            var old = now - written > rule.MaxAge;
            if (to > rule.UpTo || !old && !(total > rule.MaxBytes)) break;
            var why = old ? $"older than {rule.MaxAge!.Value.TotalDays.ToString("0.##", CultureInfo.InvariantCulture)} days"
                : string.Create(CultureInfo.InvariantCulture, $"the journal had more than {rule.MaxBytes:N0} bytes");
            chosen.Add(new LetGo(files[i].Name, segments.Firsts[i], to, files[i].Length, now, why));
            total -= files[i].Length;
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
