namespace Holdfast.Notebooks.Percent;

/// <summary>Writes a notebook of version 4 as a script in cells.</summary>
internal static class PercentWriter
{
    public static string Write(NotebookDocument notebook, PercentLanguage language)
    {
        var jupytext = PercentMetadata.Of(PercentMetadata.Of(notebook.MetadataJson)["jupytext"] ?? "{}"u8.ToArray());
        var filter = MetadataFilter.ForCells(jupytext.Text("cell_metadata_filter"));
        var takesFirst = PercentHeader.TakesFirstCell(notebook);
        var blocks = new List<(List<string> Lines, int? Blank)>();
        if (PercentHeader.Lines(notebook, language, takesFirst) is { Count: > 0 } header) blocks.Add((header, header[^1] == language.Commented("---") ? null : 0));
        foreach (var cell in notebook.Cells.Skip(takesFirst ? 1 : 0))
            blocks.Add((CellText.Of(cell, language, filter, jupytext), Blank(PercentMetadata.Of(cell.MetadataJson))));

        // From the end, because what follows decides how many lines are left blank.
        var blanks = new int[blocks.Count];
        for (var number = blocks.Count - 1; number >= 0; number--)
        {
            var (lines, wanted) = blocks[number];
            var isLast = number == blocks.Count - 1;
            blanks[number] = wanted ?? (isLast || language.Extension != ".py" ? 1 : BlankLines.Between(lines, After(number)));
            if (isLast) blanks[number] = Math.Max(blanks[number], 1);
            // Of two blank lines at the end of a file the reader keeps none, of three two.
            if (isLast && lines is [.., var last, var end] && string.IsNullOrWhiteSpace(last) && string.IsNullOrWhiteSpace(end)) blanks[number]++;
        }

        return string.Join('\n', blocks.SelectMany((block, number) => block.Lines.Concat(Enumerable.Repeat("", blanks[number]))));

        IEnumerable<string> After(int number) => Enumerable.Range(number + 1, blocks.Count - number - 1).SelectMany(next => blocks[next].Lines.Concat(Enumerable.Repeat("", blanks[next])));
    }

    private static int? Blank(PercentMetadata metadata) => metadata["lines_to_next_cell"] is [>= (byte)'0' and <= (byte)'9' and var digit] ? digit - '0' : null;
}
