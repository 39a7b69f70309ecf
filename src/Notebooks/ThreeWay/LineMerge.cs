using Holdfast.Notebooks.Comparing;

namespace Holdfast.Notebooks.ThreeWay;

/// <summary>Merges two edits of a text line by line.</summary>
internal static class LineMerge
{
    /// <summary>The text with both edits; null when they touch the same lines, or lines without one between them.</summary>
    public static string? Of(string start, string ours, string theirs)
    {
        string[] from = start.Split('\n'), mine = ours.Split('\n'), other = theirs.Split('\n');
        var toMine = Places(from, mine);
        var toOther = Places(from, other);
        var merged = new List<string>();
        var (b, m, o) = (0, 0, 0);
        for (var next = 0; next <= from.Length; next++)
        {
            var isEnd = next == from.Length;
            var (inMine, inOther) = isEnd ? (mine.Length, other.Length) : (toMine[next], toOther[next]);
            if (inMine < 0 || inOther < 0)
                continue;
            // A line that all three have ends a piece, in which at most one side may differ.
            var was = from.AsSpan(b, next - b);
            var our = mine.AsSpan(m, inMine - m);
            var their = other.AsSpan(o, inOther - o);
            if (our.SequenceEqual(was))
                merged.AddRange(their);
            else if (their.SequenceEqual(was) || our.SequenceEqual(their))
                merged.AddRange(our);
            else
                return null;
            if (!isEnd)
                merged.Add(from[next]);
            (b, m, o) = (next + 1, inMine + 1, inOther + 1);
        }
        return string.Join('\n', merged);
    }

    private static int[] Places(string[] from, string[] to)
    {
        var places = new int[from.Length];
        Array.Fill(places, -1);
        foreach (var (before, after) in LongestSubsequence.Pairs(from, to))
            places[before] = after;
        return places;
    }
}
