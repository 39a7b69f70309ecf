using Holdfast.Notebooks;
using Holdfast.Notebooks.Comparing;

namespace Holdfast.Cli.Notebooks;

/// <summary>How two notebooks differ, for people: cell by cell, sources as a diff, outputs in words.</summary>
internal static class DiffText
{
    private const int Red = 31, Green = 32, Cyan = 36;

    /// <summary>Writes it to standard output. Null is a file that is no notebook.</summary>
    public static void Write(NotebookDocument? before, NotebookDocument? after)
    {
        if (before is null || after is null)
        {
            Console.WriteLine(ChangeWords.Of(before, after));
            return;
        }

        var comparison = NotebookComparison.Of(before, after);
        Console.WriteLine(ChangeWords.Of(comparison));
        if (comparison.MetadataChanged)
        {
            Console.WriteLine();
            Console.WriteLine(Output.Paint("metadata of the notebook", Cyan));
            WriteLines(MetadataLines.Of(before.MetadataJson), MetadataLines.Of(after.MetadataJson));
        }

        foreach (var cell in comparison.Cells.Where(cell => !cell.IsSame)) Write(comparison, cell);
    }

    private static void Write(NotebookComparison comparison, CellDifference cell)
    {
        NotebookCell? before = cell.Before is { } then ? comparison.Before.Cells[then] : null;
        NotebookCell? after = cell.After is { } now ? comparison.After.Cells[now] : null;
        var (document, place) = cell.After is { } there ? (comparison.After, there) : (comparison.Before, cell.Before!.Value);
        var what = cell switch
        {
            { Before: null } => " (new)",
            { After: null } => " (gone)",
            { Source: false, Outputs: OutputsChange.None } => " (count or metadata)",
            _ => "",
        };
        var id = document.ModelIds[place] is { } known ? $", id {known}" : "";
        Console.WriteLine();
        Console.WriteLine(Output.Paint($"cell {place + 1}{id}, {document.Cells[place].Type}{what}", Cyan));
        if (cell.Source) WriteLines(before?.Source ?? "", after?.Source ?? "");
        if (cell.Rest)
        {
            if (before?.ExecutionCount != after?.ExecutionCount) WriteLines($"count: {before?.ExecutionCount}", $"count: {after?.ExecutionCount}");
            WriteLines(MetadataLines.Of(before!.Value.MetadataJson), MetadataLines.Of(after!.Value.MetadataJson));
        }

        if (after is null || cell.Outputs != OutputsChange.None) WriteOutputs('-', Red, before);
        if (before is null || cell.Outputs != OutputsChange.None) WriteOutputs('+', Green, after);
    }

    private static void WriteLines(string before, string after)
    {
        foreach (var line in LineDifference.Near(LineDifference.Of(before, after), 3))
        {
            var text = line.Sign + OutputWords.Printable(line.Text);
            Console.WriteLine(line.Sign switch { '-' => Output.Paint(text, Red), '+' => Output.Paint(text, Green), '@' => "  ...", _ => text });
        }
    }

    private static void WriteOutputs(char sign, int colour, NotebookCell? cell)
    {
        if (cell is not { } shown) return;
        foreach (var words in OutputWords.Of(shown)) Console.WriteLine(Output.Paint($"{sign} output: {words}", colour));
    }
}
