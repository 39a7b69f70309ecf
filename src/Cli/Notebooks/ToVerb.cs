using System.CommandLine;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Rendering;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb to</c>: notebooks as pages to read.</summary>
internal static class ToVerb
{
    /// <summary>What a notebook can become, with the extension of its file.</summary>
    private static readonly Dictionary<string, Kind> Kinds = new()
    {
        ["html"] = new Kind(".html", Html),
        ["markdown"] = new Kind(".md", Markdown),
    };

    /// <summary>Makes the file of a notebook: its text, and further files by their paths from its folder.</summary>
    private delegate ExportedMarkdown Make(NotebookDocument notebook, string path, string? to, Wishes wishes);

    private sealed record Kind(string Extension, Make Make);

    private sealed record Wishes(string? Title, bool KeepScripts, bool LeavePictures);

    public static Command Create()
    {
        var kind = new Argument<string>("KIND") { Description = "html: one file that looks like JupyterLab and needs nothing else. markdown: what 'jupyter nbconvert --to markdown' writes, pictures in NAME_files." };
        var files = new Argument<string[]>("FILE|DIR") { Description = "Notebooks, folders with notebooks in them, or - for standard input.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o") { Description = "The file to write, a folder, or - for standard output. Default beside the notebook.", HelpName = "PATH" };
        var title = new Option<string?>("--title") { Description = "html: the title of the page. Default the notebook's first heading, else its name.", HelpName = "TEXT" };
        var scripts = new Option<bool>("--keep-scripts") { Description = "html: put HTML and scripts of outputs into the page as they are, with all its rights. By default what could run something is put into a frame that cannot reach the page." };
        var leave = new Option<bool>("--leave-pictures") { Description = "html: leave pictures that the text names by a path where they are. By default those in the notebook's folder become part of the file." };
        var command = new Command("to", "Make pages of notebooks: html or markdown. Nothing is executed, and the notebook is not changed.") { kind, files, output, title, scripts, leave };
        kind.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !Kinds.ContainsKey(result.Tokens[0].Value)) result.AddError($"A notebook cannot become '{result.Tokens[0].Value}'; the kinds are {string.Join(", ", Kinds.Keys)}.");
        });
        command.SetAction(parse =>
        {
            var (name, wishes) = (parse.GetValue(kind)!, new Wishes(parse.GetValue(title), parse.GetValue(scripts), parse.GetValue(leave)));
            if (name == "html" || wishes == new Wishes(null, false, false)) return Run(Kinds[name], NotebookPaths.Of(parse.GetValue(files)!), parse.GetValue(output), wishes);
            Output.Fail("--title, --keep-scripts and --leave-pictures are for html.");
            return Usage.ExitCode;
        });
        return command;
    }

    private static int Run(Kind kind, IReadOnlyList<string> paths, string? output, Wishes wishes)
    {
        if (output == "-" || (output is null && paths is ["-"])) return Print(kind, paths, wishes);
        if (ScriptPlaces.Problem(paths, output) is { } problem) return Output.Fail(problem);
        return ExportFiles.All(paths, path =>
        {
            if (!NotebookFile.TryParse(path, out var notebook, out var error)) return new ExportOutcome(path, "failed", error);
            var to = ScriptPlaces.Of(path, output, kind.Extension, paths.Count > 1);
            var made = kind.Make(notebook, path, to, wishes);
            var change = false;
            foreach (var (name, content) in made.Files)
            {
                var outcome = ExportFiles.Write(path, Path.Join(Path.GetDirectoryName(to), name), content);
                if (outcome.State == "failed") return outcome;
                change |= outcome.State == "written";
            }

            var written = ExportFiles.Write(path, to, made.Text, false);
            return change && written.State == "current" ? written with { State = "written" } : written;
        });
    }

    private static int Print(Kind kind, IReadOnlyList<string> paths, Wishes wishes)
    {
        using var stdout = new StandardOutput();
        var code = 0;
        foreach (var path in paths)
        {
            if (!NotebookFile.TryParse(path, out var notebook, out var error)) code = Output.Fail(error);
            else stdout.Write(ExportFiles.Utf8.GetBytes(kind.Make(notebook, path, null, wishes).Text));
        }

        return code;
    }

    private static ExportedMarkdown Html(NotebookDocument notebook, string path, string? to, Wishes wishes)
    {
        var folder = path == "-" ? "" : Path.GetDirectoryName(path) ?? "";
        var title = wishes.Title ?? NotebookHtml.TitleOf(notebook) ?? (path == "-" ? "Notebook" : Path.GetFileNameWithoutExtension(path));
        var options = new HtmlOptions { KeepScripts = wishes.KeepScripts, Picture = wishes.LeavePictures ? null : url => LocalFiles.DataUrl(folder, url), Math = MathFiles.Setter };
        return new ExportedMarkdown(NotebookHtml.Of(notebook, title, options), new Dictionary<string, byte[]>());
    }

    private static ExportedMarkdown Markdown(NotebookDocument notebook, string path, string? to, Wishes wishes) =>
        NotebookMarkdown.Of(notebook, to is null ? null : Path.GetFileNameWithoutExtension(to));
}
