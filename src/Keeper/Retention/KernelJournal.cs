using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Owned;

namespace Holdfast.Keeper.Retention;

/// <summary>The journal of a kernel that runs or has ended, as retention sees it.</summary>
/// <param name="Kernel">The kernel as it stands now.</param>
/// <param name="Ended">Whether nobody writes the journal any more.</param>
internal sealed record KernelJournal(KernelRecord Kernel, bool Ended)
{
    /// <summary>All journals of a home. Folders that hold no readable <c>kernel.json</c> are passed over.</summary>
    public static List<KernelJournal> All(KeeperHome home, Func<string, OwnedKernel?> running)
    {
        if (!Directory.Exists(home.KernelsFolder)) return [];
        return
        [
            .. Directory.EnumerateDirectories(home.KernelsFolder).Select(KernelFile.Read).OfType<KernelFile>().Select(file =>
                running(file.Record.Id) is { } kernel ? new KernelJournal(kernel.Record, false) : new KernelJournal(file.Record, file.Ended is not null)),
        ];
    }

    public long Bytes => JournalRetention.BytesOf(Kernel.JournalFolder);

    /// <summary>The segments that may go, oldest first: those that are whole in the notebook, or all.</summary>
    public IEnumerable<JournalSegment> Candidates(bool evenIfNotSaved = false) =>
        JournalRetention.Candidates(Kernel.JournalFolder, evenIfNotSaved ? long.MaxValue : Kernel.WholeUpTo, Ended);

    /// <summary>Lets everything up to a number go, and leaves word why.</summary>
    public JournalRetentionResult LetGo(long upTo, string why, TimeProvider time) =>
        JournalRetention.Apply(Kernel.JournalFolder, new JournalRetentionRule { UpTo = upTo, MaxBytes = 0, Ended = Ended, Why = why }, time);
}
