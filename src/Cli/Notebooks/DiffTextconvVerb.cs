using System.CommandLine;
using System.Text;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Cleaning;

namespace Holdfast.Cli.Notebooks;

/// <summary>
/// <c>holdfast nb textconv</c>: a notebook as the text that git compares, shows and blames, cleaned, because git gives the working file as it is.
/// Cells have no numbers in it: one more at the top is not to change every line that follows. A file that is no notebook comes as it is.
/// </summary>
internal static class DiffTextconvVerb
{
    /// <summary>The lines that begin a cell, which git shows above each piece of a diff.</summary>
    public const string CellPattern = "^(code|markdown|raw) cell.*$";

    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The notebook." };
        var command = new Command("textconv", "Write a notebook as text for git, which starts it as diff.holdfast.textconv: sources, outputs in words, metadata.") { file };
        var rules = new CleanOptions();
        rules.AddTo(command);
        command.SetAction(parse =>
        {
            var path = parse.GetValue(file)!;
            using var stdout = new BufferedStream(new StandardOutput(), 1 << 16);
            if (NotebookFile.TryParse(path, out var notebook, out _)) Write(NotebookCleaner.Clean(notebook, rules.Rules(parse)(Environment.CurrentDirectory)), stdout);
            else stdout.Write(File.ReadAllBytes(path));
            return 0;
        });
        return command;
    }

    private static void Write(NotebookDocument notebook, Stream stream)
    {
        using var text = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true) { NewLine = "\n" };
        WriteLines(MetadataLines.Of(notebook.MetadataJson), "");
        foreach (var cell in notebook.Cells)
        {
            text.WriteLine(cell.Id is { } id ? $"{cell.Type} cell {id}" : $"{cell.Type} cell");
            WriteLines(cell.Source, "  ");
            WriteLines(MetadataLines.Of(cell.MetadataJson), "");
            foreach (var words in OutputWords.WithHashes(cell)) text.WriteLine($"output: {words}");
            text.WriteLine();
        }

        void WriteLines(string lines, string indent)
        {
            if (lines.Length == 0) return;
            foreach (var line in lines.ReplaceLineEndings("\n").Split('\n')) text.WriteLine(line.Length == 0 ? "" : indent + line);
        }
    }
}
