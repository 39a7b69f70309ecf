namespace Holdfast.Notebooks.Comparing;

/// <summary>What two sequences have in common, in order.</summary>
internal static class LongestSubsequence
{
    /// <summary>Beyond this many comparisons the first that fits is taken between the equal beginning and end.</summary>
    private const long MostComparisons = 4_000_000;

    /// <summary>Pairs of places with equal items, ascending in both: as many as there can be.</summary>
    public static List<(int Before, int After)> Pairs<T>(IReadOnlyList<T> before, IReadOnlyList<T> after)
        where T : notnull
    {
        var same = EqualityComparer<T>.Default;
        var pairs = new List<(int, int)>();
        var head = 0;
        while (head < before.Count && head < after.Count && same.Equals(before[head], after[head]))
            pairs.Add((head, head++));
        var tail = 0;
        while (tail < Math.Min(before.Count, after.Count) - head && same.Equals(before[before.Count - tail - 1], after[after.Count - tail - 1]))
            tail++;
        var (rows, columns) = (before.Count - head - tail, after.Count - head - tail);
        if ((long)rows * columns <= MostComparisons)
            AddMiddle();
        else
            AddFitting();
        for (var left = tail; left > 0; left--)
            pairs.Add((before.Count - left, after.Count - left));
        return pairs;

        void AddMiddle()
        {
            var longest = new int[rows + 1, columns + 1];
            for (var i = rows - 1; i >= 0; i--)
            {
                for (var j = columns - 1; j >= 0; j--)
                    longest[i, j] = same.Equals(before[head + i], after[head + j]) ? longest[i + 1, j + 1] + 1 : Math.Max(longest[i + 1, j], longest[i, j + 1]);
            }
            for (int i = 0, j = 0; i < rows && j < columns;)
            {
                if (same.Equals(before[head + i], after[head + j]))
                    pairs.Add((head + i++, head + j++));
                else if (longest[i + 1, j] >= longest[i, j + 1])
                    i++;
                else
                    j++;
            }
        }

        void AddFitting()
        {
            var places = Enumerable.Range(head, rows).ToLookup(place => before[place]);
            for (int j = head, last = -1; j < head + columns; j++)
            {
                foreach (var place in places[after[j]].Where(place => place > last).Take(1))
                    pairs.Add((last = place, j));
            }
        }
    }
}
