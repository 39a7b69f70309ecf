using System.CommandLine;
using Holdfast.History.Comparing;
using Holdfast.Notebooks;

namespace Holdfast.Cli.History;

/// <summary><c>holdfast history diff</c>: what differs between two versions, or a version and the file.</summary>
internal static class DiffVerb
{
    public static Command Create()
    {
        var notebook = HistoryArguments.Notebook();
        var from = HistoryArguments.Version("A");
        var to = HistoryArguments.Version("B", "Default the file as it is.");
        var command = new Command("diff", "Show how a notebook differs between version A and version B, cell by cell: sources as a diff, outputs in words.") { notebook, from, to };
        command.SetAction(parse =>
        {
            var (history, problem) = NotebookVersions.Open(parse.GetValue(notebook)!);
            using var opened = history;
            if (history is null) return Output.Fail(problem!);
            var (a, unknownA) = history.Find(parse.GetValue(from));
            var (b, unknownB) = parse.GetValue(to) is { } word ? history.Find(word) : (0, null);
            if ((unknownA ?? unknownB) is { } unknown) return Output.Fail(unknown);
            if (b == 0 && !File.Exists(history.Path)) return Output.Fail($"{history.Path} does not exist any more: name two versions, or 'holdfast history restore' it.");
            var (before, after) = (history.Read(a), b == 0 ? File.ReadAllBytes(history.Path) : history.Read(b));
            Console.WriteLine($"version {a} → {(b == 0 ? "the file now" : $"version {b}")}");
            if (before.AsSpan().SequenceEqual(after)) Console.WriteLine("No difference.");
            else Write(NotebookDocument.Parse(before).Document, NotebookDocument.Parse(after).Document);
            return 0;
        });
        return command;
    }

    private static void Write(NotebookDocument? before, NotebookDocument? after)
    {
        if (before is null || after is null)
        {
            Console.WriteLine(ChangeWords.Of(before, after));
            return;
        }

        var comparison = NotebookComparison.Of(before, after);
        Console.WriteLine(ChangeWords.Of(comparison));
        foreach (var cell in comparison.Cells.Where(cell => !cell.IsSame)) Write(comparison, cell);
    }

    private static void Write(NotebookComparison comparison, CellDifference cell)
    {
        var (document, place) = cell.After is { } now ? (comparison.After, now) : (comparison.Before, cell.Before!.Value);
        var what = cell switch
        {
            { Before: null } => " (new)",
            { After: null } => " (gone)",
            { Source: false, Outputs: OutputsChange.None } => " (count or metadata)",
            _ => "",
        };
        var id = document.ModelIds[place] is { } known ? $", id {known}" : "";
        Console.WriteLine();
        Console.WriteLine(Output.Paint($"cell {place + 1}{id}, {document.Cells[place].Type}{what}", 36));
        if (cell.Source)
        {
            var lines = LineDifference.Of(Source(comparison.Before, cell.Before), Source(comparison.After, cell.After));
            foreach (var line in LineDifference.Near(lines, 3))
            {
                var text = line.Sign + OutputWords.Printable(line.Text);
                Console.WriteLine(line.Sign switch { '-' => Output.Paint(text, 31), '+' => Output.Paint(text, 32), '@' => "  ...", _ => text });
            }
        }

        WriteOutputs('-', 31, cell.After is null || cell.Outputs != OutputsChange.None ? comparison.Before : null, cell.Before);
        WriteOutputs('+', 32, cell.Before is null || cell.Outputs != OutputsChange.None ? comparison.After : null, cell.After);
    }

    private static void WriteOutputs(char sign, int colour, NotebookDocument? document, int? cell)
    {
        if (document is null || cell is not { } place) return;
        foreach (var words in OutputWords.Of(document.Cells[place])) Console.WriteLine(Output.Paint($"{sign} output: {words}", colour));
    }

    private static string Source(NotebookDocument document, int? cell) => cell is { } place ? document.Cells[place].Source : "";
}
