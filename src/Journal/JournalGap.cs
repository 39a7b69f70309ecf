using System.Globalization;

namespace Holdfast.Journal;

/// <summary>Says what is missing between two records, and why.</summary>
internal static class JournalGap
{
    public const string Restarted =
        "The computer was started again before the journal was closed. At most the records of the last moments before that are lost; these numbers are passed over.";

    public static JournalDamage Header(long first) =>
        new(SegmentHeader.FileName(first), 0, first, first - 1, "The file's header is damaged; its records are read all the same.");

    /// <summary>The end of a closed segment that holds something else than records.</summary>
    public static JournalDamage Tail(SegmentReader segment, long to) =>
        new(SegmentHeader.FileName(segment.First), segment.IsKnown ? segment.Position : 0, segment.Expected, to,
            segment.IsKnown ? "The file is damaged from here to its end." : $"The file is of format {segment.Header!.Version}. Use a newer program to read it.");

    /// <summary>
    /// Numbers that stand in no file: let go, passed over, or in a file that somebody has removed. <paramref name="end"/> is the number after the
    /// last one of the file before them.
    /// </summary>
    public static IEnumerable<JournalDamage> Between(string folder, long from, long to, long end)
    {
        if (to - end + 1 == JournalOpening.PassedOver)
        {
            yield return new JournalDamage(SegmentHeader.FileName(to + 1), 0, from, to, Restarted);
            yield break;
        }
        JournalDamage? gap = null;
        foreach (var gone in LetGo.ReadAll(folder))
        {
            if (gone.To < from || gone.From > to) continue;
            if (gone.From > from) yield return Missing(from, gone.From - 1);
            var reason = $"Let go by retention on {gone.When.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}: {gone.Why}.";
            if (gap is not null && (gap.Reason != reason || gap.ToSequence + 1 != gone.From))
            {
                yield return gap;
                gap = null;
            }
            gap = gap is null ? new JournalDamage(gone.Segment, 0, Math.Max(from, gone.From), Math.Min(to, gone.To), reason)
                : gap with { ToSequence = Math.Min(to, gone.To) };
            from = gone.To + 1;
        }
        if (gap is not null) yield return gap;
        if (from <= to) yield return Missing(from, to);
    }

    private static JournalDamage Missing(long from, long to) =>
        new(SegmentHeader.FileName(from), 0, from, to, "The file that held these records is missing.");
}
