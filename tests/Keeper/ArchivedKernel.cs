using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Owned;

namespace Holdfast.Keeper.Tests;

/// <summary>A kernel that has ended, with a journal of several small segments, as a keeper would have left it.</summary>
internal sealed class ArchivedKernel
{
    public const int Records = 100;

    public ArchivedKernel(KeeperProgram keeper, string id, DateTimeOffset written, long wholeUpTo, string root = "/work", bool ended = true)
    {
        var folder = Path.Combine(keeper.Home.KernelsFolder, id);
        Record = new KernelRecord
        {
            Id = id,
            SpecName = "python3",
            DisplayName = "Python 3",
            Root = root,
            Folder = folder,
            WorkingFolder = root,
            ExecutionState = "dead",
            Started = written,
            LastActivity = written,
            LastSequence = Records,
            Documents = [$"{root}/{id}.ipynb"],
            WholeUpTo = wholeUpTo,
        };
        Directory.CreateDirectory(folder);
        Assert.True(new KernelFile { Record = Record, Argv = [], Ended = ended ? written : null }.TryWrite(out _));
        using (var journal = JournalWriter.Open(Record.JournalFolder, new JournalOptions { SegmentBytes = 1000 }))
        {
            for (var i = 0; i < Records; i++)
            {
                journal.Append(RecordKind.Event, new byte[60]);
                Assert.True(journal.Flush().Ok);
            }
        }

        foreach (var segment in Segments) File.SetLastWriteTimeUtc(segment, written.UtcDateTime);
    }

    public KernelRecord Record { get; }

    public string[] Segments => [.. Directory.GetFiles(Record.JournalFolder, "*.hfj").Order(StringComparer.Ordinal)];

    public long Bytes => JournalRetention.BytesOf(Record.JournalFolder);

    /// <summary>The last number of the first segments.</summary>
    public long LastOf(int segments) => long.Parse(Path.GetFileNameWithoutExtension(Segments[segments]), System.Globalization.CultureInfo.InvariantCulture) - 1;

    /// <summary>What a reader says of what is not there, and the first number that is (0 for none).</summary>
    public (string Reasons, long First) Read()
    {
        using var reader = JournalReader.Open(Record.JournalFolder);
        var first = reader.TryRead(out var record) ? record.Sequence : 0;
        return (string.Join('\n', reader.Damage.Select(place => place.Reason)), first);
    }
}
