namespace Holdfast.Notebooks.Python;

/// <summary>A cell as IPython reads it: Python with magics, shell commands, questions and prompts.</summary>
public static class IPythonCell
{
    // IPython gives up after as many pieces in one cell.
    private const int MostPieces = 500;

    /// <summary>
    /// The Python that IPython 8 runs for a cell, as its TransformerManager.transform_cell: <c>%magic</c>, <c>!command</c>, <c>name?</c> become calls of
    /// get_ipython(). It ends with a line feed. Where IPython refuses a cell (an indentation that fits nowhere, more than 500 magics), what comes
    /// before that place is transformed and the rest stays as it is.
    /// </summary>
    public static string ToPython(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        // 1. Lines. 2. What cannot be part of the program: blank lines at the top, the first line's indent, prompts. 3. The magic of a whole cell.
        var lines = CellPrompts.Remove(PythonText.Lines(source.EndsWith('\n') ? source : source + "\n"));
        if (CellMagic.Call(lines) is { } call) return call;

        // 4. Piece by piece, the first one first: behind such a piece tokens mean nothing, so they are taken anew each time.
        for (var piece = 0; piece < MostPieces; piece++)
        {
            if (!ReplaceOne(lines)) break;
        }

        return string.Concat(lines);
    }

    private static bool ReplaceOne(List<string> lines)
    {
        foreach (var piece in IPythonSyntax.Find(PythonTokenizer.LogicalLines(lines), lines))
        {
            if (piece.Replace(lines)) return true;
        }

        return false;
    }
}
