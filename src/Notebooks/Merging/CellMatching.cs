using System.Text;
using Holdfast.Notebooks.Comparing;
using Holdfast.Notebooks.Json;

namespace Holdfast.Notebooks.Merging;

/// <summary>Which cell of a file each cell of a client's notebook is.</summary>
internal static class CellMatching
{
    /// <summary>For each new cell the old one, or -1: by id, then by source in the order of both, then by place between those.</summary>
    /// <param name="old">The earlier notebook.</param>
    /// <param name="now">The later one.</param>
    /// <param name="idsDecide">Two cells with ids of their own are never the same cell for standing in the same place.</param>
    public static int[] Match(NotebookDocument old, NotebookDocument now, bool idsDecide = false)
    {
        var matches = new int[now.Cells.Count];
        Array.Fill(matches, -1);
        var taken = new bool[old.Cells.Count];
        ById(old.ModelIds, now.ModelIds, matches, taken);
        BySource(old, now, matches, taken);
        ByPlace(old, now, matches, taken, idsDecide);
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
        foreach (var (left, right) in LongestSubsequence.Pairs(oldKeys, newKeys))
        {
            matches[news[right]] = olds[left];
            taken[olds[left]] = true;
        }
    }

    private static void ByPlace(NotebookDocument old, NotebookDocument now, int[] matches, bool[] taken, bool idsDecide)
    {
        var next = 0;
        for (var cell = 0; cell < matches.Length; cell++)
        {
            if (matches[cell] >= 0)
            {
                next = matches[cell] + 1;
                continue;
            }
            if (next < taken.Length && !taken[next] && old.Cells[next].Type == now.Cells[cell].Type
                && !(idsDecide && old.ModelIds[next] is not null && now.ModelIds[cell] is not null))
            {
                matches[cell] = next;
                taken[next++] = true;
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
