using System.Text;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Merging;

/// <summary>Which cell of a file each cell of a client's notebook is.</summary>
internal static class CellMatching
{
    // Beyond this many comparisons cells without ids are taken in the order they come.
    private const long MostComparisons = 4_000_000;

    /// <summary>For each new cell the old one, or -1: by id, then by source in the order of both, then by place between those.</summary>
    public static int[] Match(NotebookDocument old, NotebookDocument now)
    {
        var matches = new int[now.Cells.Count];
        Array.Fill(matches, -1);
        var taken = new bool[old.Cells.Count];
        ById(old.ModelIds, now.ModelIds, matches, taken);
        BySource(old, now, matches, taken);
        ByPlace(old, now, matches, taken);
        return matches;
    }

    private static void ById(IReadOnlyList<string?> old, IReadOnlyList<string?> now, int[] matches, bool[] taken)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var cell = 0; cell < old.Count; cell++)
        {
            if (old[cell] is { } id)
                places.TryAdd(id, cell);
        }
        for (var cell = 0; cell < now.Count; cell++)
        {
            if (now[cell] is { } id && places.Remove(id, out var place))
            {
                matches[cell] = place;
                taken[place] = true;
            }
        }
    }

    private static void BySource(NotebookDocument old, NotebookDocument now, int[] matches, bool[] taken)
    {
        var olds = Enumerable.Range(0, taken.Length).Where(cell => !taken[cell]).ToArray();
        var news = Enumerable.Range(0, matches.Length).Where(cell => matches[cell] < 0).ToArray();
        if (olds.Length == 0 || news.Length == 0)
            return;
        var oldKeys = Array.ConvertAll(olds, cell => Key(old.Cells[cell]));
        var newKeys = Array.ConvertAll(news, cell => Key(now.Cells[cell]));
        foreach (var (left, right) in InOrder(oldKeys, newKeys))
        {
            matches[news[right]] = olds[left];
            taken[olds[left]] = true;
        }
    }

    private static void ByPlace(NotebookDocument old, NotebookDocument now, int[] matches, bool[] taken)
    {
        var next = 0;
        for (var cell = 0; cell < matches.Length; cell++)
        {
            if (matches[cell] >= 0)
            {
                next = matches[cell] + 1;
                continue;
            }
            if (next < taken.Length && !taken[next] && old.Cells[next].Type == now.Cells[cell].Type)
            {
                matches[cell] = next;
                taken[next++] = true;
            }
        }
    }

    private static IEnumerable<(int Left, int Right)> InOrder(ulong[] left, ulong[] right)
    {
        var head = 0;
        var shorter = Math.Min(left.Length, right.Length);
        while (head < shorter && left[head] == right[head])
            yield return (head, head++);
        var tail = 0;
        while (tail < shorter - head && left[^(tail + 1)] == right[^(tail + 1)])
        {
            tail++;
            yield return (left.Length - tail, right.Length - tail);
        }
        var middleLeft = left[head..^tail];
        var middleRight = right[head..^tail];
        var pairs = (long)middleLeft.Length * middleRight.Length <= MostComparisons
            ? Longest(middleLeft, middleRight)
            : Greedy(middleLeft, middleRight);
        foreach (var (a, b) in pairs)
            yield return (a + head, b + head);
    }

    private static IEnumerable<(int Left, int Right)> Longest(ulong[] left, ulong[] right)
    {
        var lengths = new int[left.Length + 1, right.Length + 1];
        for (var i = left.Length - 1; i >= 0; i--)
        {
            for (var j = right.Length - 1; j >= 0; j--)
                lengths[i, j] = left[i] == right[j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
        }
        for (int i = 0, j = 0; i < left.Length && j < right.Length;)
        {
            if (left[i] == right[j])
                yield return (i++, j++);
            else if (lengths[i + 1, j] >= lengths[i, j + 1])
                i++;
            else
                j++;
        }
    }

    private static IEnumerable<(int Left, int Right)> Greedy(ulong[] left, ulong[] right)
    {
        var places = left.Select((key, place) => (key, place)).ToLookup(pair => pair.key, pair => pair.place);
        var last = -1;
        for (var j = 0; j < right.Length; j++)
        {
            foreach (var place in places[right[j]].Where(place => place > last).Take(1))
            {
                last = place;
                yield return (place, j);
            }
        }
    }

    /// <summary>FNV-1a of type and source. That two sources share one costs tidiness, not truth: contents are compared later.</summary>
    private static ulong Key(NotebookCell cell)
    {
        var key = 14695981039346656037UL;
        foreach (var unit in Encoding.UTF8.GetBytes(cell.Type))
            key = (key ^ unit) * 1099511628211UL;
        var tape = new JsonTape().Load(cell.SourceJson);
        if (!JsonText.Is(tape, 0))
            return key;
        var text = new JsonText(tape, 0);
        while (text.Read(out var piece))
        {
            foreach (var unit in piece)
                key = (key ^ unit) * 1099511628211UL;
        }
        return key;
    }
}
