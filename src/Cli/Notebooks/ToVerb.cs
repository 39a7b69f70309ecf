using System.CommandLine;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Percent;
using Holdfast.Notebooks.Rendering;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb to</c>: notebooks in other forms.</summary>
internal static class ToVerb
{
    /// <summary>What a notebook can become.</summary>
    private static readonly Dictionary<string, Make> Kinds = new()
    {
        ["html"] = Html,
        ["markdown"] = (notebook, _, name, _) => Markdown(NotebookMarkdown.Of(notebook, name)),
        ["percent"] = (notebook, _, _, _) => Script(NotebookPercent.Of(notebook)),
    };

    /// <summary>Makes the file of a notebook.</summary>
    /// <param name="notebook">In any version.</param>
    /// <param name="path">Where it was read.</param>
    /// <param name="name">Of the file, without its extension; null for standard output.</param>
    /// <param name="wishes">For html.</param>
    private delegate Made Make(NotebookDocument notebook, string path, string? name, Wishes wishes);

    private sealed record Wishes(string? Title, bool KeepScripts, bool LeavePictures);

    /// <param name="Extension">With its dot.</param>
    /// <param name="Text">All of it.</param>
    /// <param name="Files">Further files by their paths from its folder; null for none.</param>
    private sealed record Made(string Extension, string Text, IReadOnlyDictionary<string, byte[]>? Files = null);

    public static Command Create()
    {
        var kind = new Argument<string>("KIND") { Description = "html: one file that looks like JupyterLab and needs nothing else. markdown: what 'jupyter nbconvert --to markdown' writes, pictures in NAME_files. percent: a script in cells, which editors know by '# %%' (jupytext's py:percent); 'holdfast nb from percent' is the way back." };
        var files = new Argument<string[]>("FILE|DIR") { Description = "Notebooks, folders with notebooks in them, or - for standard input.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o") { Description = "The file to write, a folder, or - for standard output. Default beside the notebook.", HelpName = "PATH" };
        var title = new Option<string?>("--title") { Description = "html: the title of the page. Default the notebook's first heading, else its name.", HelpName = "TEXT" };
        var scripts = new Option<bool>("--keep-scripts") { Description = "html: put HTML and scripts of outputs into the page as they are, with all its rights. By default what could run something is put into a frame that cannot reach the page." };
        var leave = new Option<bool>("--leave-pictures") { Description = "html: leave pictures that the text names by a path where they are. By default those in the notebook's folder become part of the file." };
        var command = new Command("to", "Make pages or scripts in cells of notebooks: html, markdown or percent. Nothing is executed, and the notebook is not changed.") { kind, files, output, title, scripts, leave };
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

    private static int Run(Make make, IReadOnlyList<string> paths, string? output, Wishes wishes)
    {
        if (output == "-" || (output is null && paths is ["-"])) return Print(make, paths, wishes);
        if (ScriptPlaces.Problem(paths, output) is { } problem) return Output.Fail(problem);
        return ExportFiles.All(paths, path =>
        {
            if (!NotebookFile.TryParse(path, out var notebook, out var error)) return new ExportOutcome(path, "failed", error);
            // Of a name that was asked for the extension may be any.
            var made = make(notebook, path, Path.GetFileNameWithoutExtension(ScriptPlaces.Of(path, output, ".any", paths.Count > 1)), wishes);
            var to = ScriptPlaces.Of(path, output, made.Extension, paths.Count > 1);
            var change = false;
            foreach (var (name, content) in made.Files ?? new Dictionary<string, byte[]>())
            {
                var outcome = ExportFiles.Write(path, Path.Join(Path.GetDirectoryName(to), name), content);
                if (outcome.State == "failed") return outcome;
                change |= outcome.State == "written";
            }

            var written = ExportFiles.Write(path, to, made.Text, false);
            return change && written.State == "current" ? written with { State = "written" } : written;
        });
    }

    private static int Print(Make make, IReadOnlyList<string> paths, Wishes wishes)
    {
        using var stdout = new StandardOutput();
        var code = 0;
        foreach (var path in paths)
        {
            if (!NotebookFile.TryParse(path, out var notebook, out var error)) code = Output.Fail(error);
            else stdout.Write(ExportFiles.Utf8.GetBytes(make(notebook, path, null, wishes).Text));
        }

        return code;
    }

    private static Made Html(NotebookDocument notebook, string path, string? name, Wishes wishes)
    {
        var folder = path == "-" ? "" : Path.GetDirectoryName(path) ?? "";
        var title = wishes.Title ?? NotebookHtml.TitleOf(notebook) ?? (path == "-" ? "Notebook" : Path.GetFileNameWithoutExtension(path));
        var options = new HtmlOptions { KeepScripts = wishes.KeepScripts, Picture = wishes.LeavePictures ? null : url => LocalFiles.DataUrl(folder, url), Math = MathSetter.OfProgram };
        return new Made(".html", NotebookHtml.Of(notebook, title, options));
    }

    private static Made Markdown(ExportedMarkdown made) => new(".md", made.Text, made.Files);

    private static Made Script(ExportedScript made) => new(made.Extension, made.Text);
}
