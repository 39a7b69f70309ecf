namespace Holdfast.Hub.Api;

/// <summary>How two texts differ, line by line.</summary>
internal static class LineDiff
{
    /// <summary>A table of so many cells is small; larger changes are shown as one block.</summary>
    private const int MostCells = 4_000_000;

    /// <summary>All lines, those of both with a space before them, else <c>-</c> or <c>+</c>; none when they are the same.</summary>
    public static IReadOnlyList<string> Of(string before, string now)
    {
        if (before == now) return [];
        var (old, news) = (before.Split('\n'), now.Split('\n'));
        var first = old.Zip(news).TakeWhile(pair => pair.First == pair.Second).Count();
        var last = old.Skip(first).Reverse().Zip(news.Skip(first).Reverse()).TakeWhile(pair => pair.First == pair.Second).Count();
        return [.. old.Take(first).Select(Same), .. Middle(old[first..^last], news[first..^last]), .. old.TakeLast(last).Select(Same)];
    }

    private static IEnumerable<string> Middle(string[] old, string[] news)
    {
        var (rows, columns) = (old.Length + 1, news.Length + 1);
        // The longest common subsequence of what follows; none of it when the table would be large.
        var common = (long)rows * columns <= MostCells ? new int[rows, columns] : null;
        for (var i = old.Length - 1; common is not null && i >= 0; i--)
            for (var j = news.Length - 1; j >= 0; j--)
                common[i, j] = old[i] == news[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
        var (at, to) = (0, 0);
        while (at < old.Length || to < news.Length)
        {
            if (common is not null && at < old.Length && to < news.Length && old[at] == news[to])
            {
                yield return Same(old[at++]);
                to++;
            }
            else if (at < old.Length && (common is null || to == news.Length || common[at + 1, to] >= common[at, to + 1])) yield return $"-{old[at++]}";
            else yield return $"+{news[to++]}";
        }
    }

    private static string Same(string line) => $" {line}";
}
