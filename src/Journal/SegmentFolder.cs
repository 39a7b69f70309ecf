using System.IO.Enumeration;

namespace Holdfast.Journal;

/// <summary>The segments of a folder, by their first numbers in ascending order.</summary>
internal sealed class SegmentFolder(string path)
{
    // Two changes within one tick of the file system's clock leave the same time on the folder, so a time is believed only when it was
    // this old when the folder was listed.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(1);

    private DateTime _listedAs;

    public string Path { get; } = path;

    public List<long> Firsts { get; } = [];

    /// <summary>Lists the folder again when it may have changed.</summary>
    public void Refresh()
    {
        var changed = Directory.GetLastWriteTimeUtc(Path);
        if (changed == _listedAs) return;
        Firsts.Clear();
        if (Directory.Exists(Path)) Firsts.AddRange(List(Path));
        Firsts.Sort();
        var age = TimeProvider.System.GetUtcNow().UtcDateTime - changed;
        _listedAs = age > Settled ? changed : default;
    }

    /// <summary>The first number of the segment after the one that begins with <paramref name="first"/>, or 0.</summary>
    public long After(long first)
    {
        Refresh();
        var index = Firsts.BinarySearch(first + 1);
        if (index < 0) index = ~index;
        return index < Firsts.Count ? Firsts[index] : 0;
    }

    /// <summary>The first number of the segment where <paramref name="sequence"/> stands or comes to stand, or 0 when there is no segment.</summary>
    public long Holding(long sequence)
    {
        Refresh();
        var index = Firsts.BinarySearch(sequence);
        if (index < 0) index = Math.Max(0, ~index - 1);
        return index < Firsts.Count ? Firsts[index] : 0;
    }

    public string FileOf(long first) => System.IO.Path.Combine(Path, SegmentHeader.FileName(first));

    private static FileSystemEnumerable<long> List(string path) =>
        new(path, (ref FileSystemEntry entry) => SegmentHeader.FirstOf(entry.FileName)!.Value)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => SegmentHeader.FirstOf(entry.FileName) is not null,
        };
}
