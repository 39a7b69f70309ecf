using System.Globalization;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Owned;
using Microsoft.Extensions.Logging;

namespace Holdfast.Keeper.Retention;

/// <summary>All journals of the keeper, and what of them goes: by the limits, or because somebody says so.</summary>
internal sealed class JournalShelf(KeeperHome home, RetentionLimits limits, Func<string, OwnedKernel?> running, TimeProvider time, ILogger log)
{
    private readonly Lock _turn = new();

    /// <summary>Lets go what the limits say. Only what is whole in a notebook file ever goes by this.</summary>
    public void ApplyLimits()
    {
        lock (_turn)
        {
            var journals = KernelJournal.All(home, running);
            foreach (var journal in journals) LetOldGo(journal);
            foreach (var root in journals.GroupBy(journal => journal.Kernel.Root)) LetExcessGo(root.Key, [.. root]);
        }
    }

    /// <summary>Lets go what somebody ordered, or tells what would go.</summary>
    public IReadOnlyList<JournalPart> Prune(PruneOrder order)
    {
        lock (_turn)
        {
            var now = time.GetUtcNow();
            return
            [
                .. KernelJournal.All(home, running)
                    .Where(journal => order.Root is null || journal.Kernel.Root == order.Root)
                    .SelectMany(journal => journal.Candidates(order.EvenIfNotSaved)
                        .TakeWhile(segment => order.OlderThan is null || now - segment.Written > order.OlderThan)
                        .ToLookup(segment => segment.Last <= journal.Kernel.WholeUpTo)
                        .OrderByDescending(segments => segments.Key)
                        .Select(segments => Prune(journal, [.. segments], segments.Key, order.OnlyLook))),
            ];
        }
    }

    private JournalPart Prune(KernelJournal journal, IReadOnlyList<JournalSegment> segments, bool saved, bool onlyLook)
    {
        var kernel = journal.Kernel;
        var part = new JournalPart(
            kernel.Id, kernel.Root, kernel.Documents, journal.Ended, segments[0].First, segments[^1].Last, segments.Sum(segment => segment.Bytes), segments[^1].Written, saved);
        if (onlyLook) return part;
        var why = saved ? "asked for by 'holdfast keeper prune'; it was whole in the notebook" : "asked for by 'holdfast keeper prune --even-if-not-saved'; it was not whole in a notebook";
        return part with { Error = LetGo(journal, part.To, why) };
    }

    private void LetOldGo(KernelJournal journal)
    {
        var now = time.GetUtcNow();
        if (journal.Candidates().TakeWhile(segment => now - segment.Written > limits.KeepFor).LastOrDefault() is { } last)
        {
            LetGo(journal, last.Last, string.Create(CultureInfo.InvariantCulture, $"older than {limits.KeepFor.TotalDays:0.##} days, and whole in the notebook"));
        }
    }

    private void LetExcessGo(string root, IReadOnlyList<KernelJournal> journals)
    {
        var total = journals.Sum(journal => journal.Bytes);
        if (total <= limits.KeepBytes) return;
        var upTo = new Dictionary<KernelJournal, long>();
        // Within a journal the order of time is that of the numbers: what goes of each is a beginning.
        foreach (var (journal, segment) in journals.SelectMany(journal => journal.Candidates().Select(segment => (journal, segment))).OrderBy(pair => pair.segment.Written).ThenBy(pair => pair.segment.First))
        {
            if (total <= limits.KeepBytes) break;
            upTo[journal] = segment.Last;
            total -= segment.Bytes;
        }

        var why = string.Create(CultureInfo.InvariantCulture, $"the journals of {root} had more than {limits.KeepBytes:N0} bytes, and it was whole in the notebook");
        foreach (var (journal, last) in upTo) LetGo(journal, last, why);
        if (total > limits.KeepBytes) KeeperLog.MoreThanLimit(log, root, total, limits.KeepBytes);
    }

    /// <summary>Null when it went, else why not.</summary>
    private string? LetGo(KernelJournal journal, long upTo, string why)
    {
        var result = journal.LetGo(upTo, why, time);
        if (result.Segments > 0) KeeperLog.LetGo(log, journal.Kernel.Id, result.Bytes, result.FirstKept, why);
        if (result.Error is { } error) KeeperLog.NotLetGo(log, journal.Kernel.Id, error);
        return result.Error;
    }
}
