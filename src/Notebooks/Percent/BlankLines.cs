namespace Holdfast.Notebooks.Percent;

/// <summary>How many blank lines stand between two cells: one, and in Python two around functions and classes (PEP 8), as jupytext has it.</summary>
internal static class BlankLines
{
    private static readonly PercentLanguage Python = PercentLanguage.Of(".py");

    /// <param name="before">The lines of the cell before.</param>
    /// <param name="after">All lines behind it; empty at the end.</param>
    public static int Between(IReadOnlyList<string> before, IEnumerable<string> after)
    {
        // Behind a blank line of the cell's own, two more would be read as two of its own.
        if (IsBlank(before[^1])) return 1;
        if (EndsInDefinition(before)) return HasCode(after) ? 2 : 1;
        return before[^1][0] != '#' && BeginsDefinition(after) ? 2 : 1;
    }

    private static bool EndsInDefinition(IReadOnlyList<string> lines)
    {
        var quotes = new OpenQuotes(Python);
        var outside = new List<string>(lines.Count);
        foreach (var line in lines)
        {
            if (!quotes.IsOpen) outside.Add(line);
            quotes.Read(line);
        }

        for (var at = outside.Count - 1; at >= 0; at--)
        {
            var line = outside[at];
            if (IsBlank(line) && at + 1 < outside.Count && IsBlank(outside[at + 1])) return false;
            if (!IsBlank(line) && line[0] is not ('#' or ' ' or ')')) return IsDefinition(line);
        }

        return false;
    }

    private static bool BeginsDefinition(IEnumerable<string> lines)
    {
        var quotes = new OpenQuotes(Python);
        var wasBlank = false;
        foreach (var line in lines)
        {
            var isInside = quotes.IsOpen;
            quotes.Read(line);
            var isBlank = IsBlank(line);
            if (!isInside && isBlank && wasBlank) return false;
            wasBlank = isBlank;
            if (!isInside && !isBlank && line[0] is not ('#' or '@' or ' ' or ')')) return IsDefinition(line);
        }

        return false;
    }

    private static bool HasCode(IEnumerable<string> lines)
    {
        var wasBlank = false;
        foreach (var line in lines)
        {
            var isBlank = IsBlank(line);
            if (isBlank && wasBlank) return false;
            wasBlank = isBlank;
            if (!isBlank && line.AsSpan().TrimStart()[0] != '#') return true;
        }

        return false;
    }

    private static bool IsDefinition(string line) => line.StartsWith("def ", StringComparison.Ordinal) || line.StartsWith("class ", StringComparison.Ordinal);

    private static bool IsBlank(string line) => string.IsNullOrWhiteSpace(line);
}
