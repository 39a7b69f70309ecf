using Holdfast.Notebooks.Merging;

namespace Holdfast.Notebooks.ThreeWay;

/// <summary>Pairs the cells of three notebooks and puts them in order.</summary>
internal static class CellOrder
{
    /// <summary>Every cell of the three once, in the order of ours, or of theirs where only they moved cells; cells that only the other has follow what they follow there.</summary>
    public static List<CellTriple> Of(NotebookDocument? start, NotebookDocument ours, NotebookDocument theirs)
    {
        // 1. Which cell is which.
        var oursFrom = start is null ? None(ours) : CellMatching.Match(start, ours, idsDecide: true);
        var theirsFrom = start is null ? None(theirs) : CellMatching.Match(start, theirs, idsDecide: true);
        var oursOf = OursOf(start, ours, theirs, oursFrom, theirsFrom);
        var theirsOf = new Dictionary<int, int>();
        for (var cell = 0; cell < oursOf.Length; cell++)
        {
            if (oursOf[cell] is { } mine)
                theirsOf[mine] = cell;
        }
        // 2. One side gives the order.
        var byTheirs = IsMoved(theirsFrom) && !IsMoved(oursFrom);
        var triples = new List<CellTriple>();
        if (byTheirs)
            triples.AddRange(theirsFrom.Select((from, cell) => new CellTriple(Known(from), oursOf[cell], cell)));
        else
            triples.AddRange(oursFrom.Select((from, cell) => new CellTriple(Known(from), cell, theirsOf.TryGetValue(cell, out var other) ? other : null)));
        // 3. What only the other side has comes in, behind what the first side added in that place.
        var last = -1;
        for (var cell = 0; cell < (byTheirs ? ours : theirs).Cells.Count; cell++)
        {
            var there = triples.FindIndex(triple => (byTheirs ? triple.Ours : triple.Theirs) == cell);
            if (there < 0)
            {
                there = last + 1;
                while (there < triples.Count && IsOnlyIn(triples[there], byTheirs))
                    there++;
                triples.Insert(there, byTheirs ? new CellTriple(Known(oursFrom[cell]), cell, null) : new CellTriple(Known(theirsFrom[cell]), null, cell));
            }
            last = there;
        }
        return triples;
    }

    private static bool IsOnlyIn(CellTriple triple, bool theirs) => triple.Start is null && (theirs ? triple.Ours : triple.Theirs) is null;

    /// <summary>For each cell of theirs the one of ours that it is.</summary>
    private static int?[] OursOf(NotebookDocument? start, NotebookDocument ours, NotebookDocument theirs, int[] oursFrom, int[] theirsFrom)
    {
        if (start is null)
            return Array.ConvertAll(CellMatching.Match(ours, theirs, idsDecide: true), Known);
        var found = new int?[theirsFrom.Length];
        var places = new Dictionary<object, int>();
        for (var cell = 0; cell < oursFrom.Length; cell++)
            places.TryAdd(Key(ours, oursFrom, cell), cell);
        for (var cell = 0; cell < found.Length; cell++)
        {
            if (places.Remove(Key(theirs, theirsFrom, cell), out var mine))
                found[cell] = mine;
        }
        return found;
    }

    /// <summary>What makes cells of two sides the same: the cell they come from; of new ones the id, or without ids what they are and stand behind.</summary>
    private static object Key(NotebookDocument side, int[] from, int cell)
    {
        if (from[cell] >= 0)
            return from[cell];
        if (side.Cells[cell].Id is { } id)
            return id;
        var before = cell - 1;
        while (before >= 0 && from[before] < 0)
            before--;
        return (before < 0 ? -1 : from[before], side.Cells[cell].Type, side.Cells[cell].Source);
    }

    private static bool IsMoved(int[] from)
    {
        var known = from.Where(cell => cell >= 0).ToArray();
        return known.Zip(known.Skip(1)).Any(pair => pair.First > pair.Second);
    }

    private static int[] None(NotebookDocument notebook)
    {
        var none = new int[notebook.Cells.Count];
        Array.Fill(none, -1);
        return none;
    }

    private static int? Known(int cell) => cell < 0 ? null : cell;
}
