namespace Holdfast.Notebooks.Comparing;

/// <summary>A line of a text or of two texts: <c>' '</c> in both, <c>'-'</c> only in the first, <c>'+'</c> only in the second.</summary>
/// <param name="Sign">Which of the three.</param>
/// <param name="Text">The line without its line break.</param>
public readonly record struct DifferentLine(char Sign, string Text);

/// <summary>Two texts, line by line.</summary>
public static class LineDifference
{
    /// <summary>All lines of both, in order. An empty text has no line.</summary>
    public static IReadOnlyList<DifferentLine> Of(string before, string after)
    {
        var (old, now) = (Lines(before), Lines(after));
        var lines = new List<DifferentLine>();
        var (i, j) = (0, 0);
        foreach (var (common, other) in LongestSubsequence.Pairs(old, now).Append((old.Length, now.Length)))
        {
            while (i < common)
                lines.Add(new DifferentLine('-', old[i++]));
            while (j < other)
                lines.Add(new DifferentLine('+', now[j++]));
            if (i < old.Length && j < now.Length)
                lines.Add(new DifferentLine(' ', old[Step(ref i, ref j)]));
        }
        return lines;
    }

    /// <summary>The lines that differ with <paramref name="context"/> common ones around them; where some are left out stands <c>('@', "")</c>.</summary>
    public static IEnumerable<DifferentLine> Near(IReadOnlyList<DifferentLine> lines, int context)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var last = -1;
        for (var each = 0; each < lines.Count; each++)
        {
            if (!Enumerable.Range(Math.Max(0, each - context), Math.Min(lines.Count, each + context + 1) - Math.Max(0, each - context)).Any(near => lines[near].Sign != ' '))
                continue;
            if (last != each - 1)
                yield return new DifferentLine('@', "");
            yield return lines[each];
            last = each;
        }
    }

    private static int Step(ref int i, ref int j)
    {
        j++;
        return i++;
    }

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.ReplaceLineEndings("\n").Split('\n');
}
