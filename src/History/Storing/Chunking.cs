using Holdfast.Notebooks;

namespace Holdfast.History.Storing;

/// <summary>
/// Cuts a file where its parts change independently: at each cell, and around each cell's outputs. Long parts, and files that are no notebook,
/// are cut by their content, so that a log that grows shares its beginning with the version before.
/// </summary>
internal static class Chunking
{
    /// <summary>Outputs shorter than this stay with their cell: a chunk of its own costs as much.</summary>
    private const int ShortestOutputs = 128;
    private const int LongestWhole = 64 << 10;
    private const int ShortestCut = 4 << 10;
    private const int LongestCut = 64 << 10;
    /// <summary>Cuts come every 2^14 bytes on average: where the top 14 bits of the hash are zero.</summary>
    private const int CutShift = 64 - 14;

    private static readonly ulong[] Gear = MakeGear();

    /// <summary>The ends of the chunks, ascending; the last is the file's length. Nothing for an empty file.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="notebook">What was read from these bytes; null when they are no notebook.</param>
    public static List<int> Ends(ReadOnlyMemory<byte> bytes, NotebookDocument? notebook)
    {
        var ends = new List<int>();
        var start = 0;
        foreach (var cell in notebook?.Cells ?? [])
        {
            To(Place(bytes.Span, cell.Json.Span));
            var outputs = cell.OutputsJson.Span;
            if (outputs.Length < ShortestOutputs)
                continue;
            To(Place(bytes.Span, outputs));
            To(start + outputs.Length);
        }
        To(bytes.Length);
        return ends;

        void To(int end)
        {
            while (end - start > LongestWhole)
                ends.Add(start += CutAt(bytes.Span[start..end]));
            if (end > start)
                ends.Add(start = end);
        }
    }

    private static int Place(ReadOnlySpan<byte> file, ReadOnlySpan<byte> part) =>
        file.Overlaps(part, out var place) ? place : throw new InvalidOperationException("A part of a notebook does not lie in its bytes.");

    /// <summary>Where a rolling hash of the last 64 bytes says so, whatever stands before them.</summary>
    private static int CutAt(ReadOnlySpan<byte> bytes)
    {
        var hash = 0UL;
        var longest = Math.Min(bytes.Length, LongestCut);
        for (var place = ShortestCut; place < longest; place++)
        {
            hash = (hash << 1) + Gear[bytes[place]];
            if (hash >> CutShift == 0)
                return place + 1;
        }
        return longest;
    }

    /// <summary>Numbers without a pattern (SplitMix64), the same for ever: other ones would cut every file anew.</summary>
    private static ulong[] MakeGear()
    {
        var gear = new ulong[256];
        var state = 0UL;
        for (var each = 0; each < gear.Length; each++)
        {
            state += 0x9E3779B97F4A7C15;
            var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            gear[each] = mixed ^ (mixed >> 31);
        }
        return gear;
    }
}
