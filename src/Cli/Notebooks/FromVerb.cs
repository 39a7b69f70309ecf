using System.CommandLine;
using System.Text;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Percent;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb from</c>: scripts in cells become notebooks, or go into those that they were made of.</summary>
internal static class FromVerb
{
    private sealed record Wishes(bool Update, bool Force);

    public static Command Create()
    {
        var kind = new Argument<string>("KIND") { Description = "percent: scripts in cells, which editors know by '# %%' (jupytext's py:percent). A script without cells is one cell." };
        var files = new Argument<string[]>("SCRIPT") { Description = "Scripts, or - for one in Python on standard input.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o") { Description = "The notebook to write, a folder, or - for standard output. Default beside the script.", HelpName = "PATH" };
        var update = new Option<bool>("--update") { Description = "A notebook that exists gets the script's sources and keeps outputs, ids and metadata of the cells that are found again; what did not change keeps its bytes." };
        var force = new Option<bool>("--force") { Description = "Replace a notebook that exists, outputs and all." };
        var command = new Command("from", "Make notebooks of scripts in cells: percent. Nothing is executed, and the script is not changed.") { kind, files, output, update, force };
        files.Validators.Add(result =>
        {
            if (result.GetValue(update) && result.GetValue(force)) result.AddError("--update keeps the notebook's outputs, and --force does not: one of them.");
            else if (result.GetValue(output) == "-" && (result.GetValue(update) || result.GetValue(force))) result.AddError("--update and --force are for notebooks that are written, and -o - writes none.");
        });
        kind.Validators.Add(result =>
        {
            if (result.Tokens is [var word] && word.Value != "percent") result.AddError($"A notebook cannot be made of '{word.Value}'; the kinds are percent.");
        });
        command.SetAction(parse => Run([.. parse.GetValue(files)!.Distinct()], parse.GetValue(output), new Wishes(parse.GetValue(update), parse.GetValue(force))));
        return command;
    }

    private static int Run(IReadOnlyList<string> paths, string? output, Wishes wishes)
    {
        if (output == "-" || (output is null && paths is ["-"])) return Print(paths);
        if (ScriptPlaces.Problem(paths, output) is { } problem) return Output.Fail(problem);
        return ExportFiles.All(paths, path =>
        {
            if (!TryReadScript(path, out var text, out var error)) return new ExportOutcome(path, "failed", error);
            var to = ScriptPlaces.Of(path, output, ".ipynb", paths.Count > 1);
            var exists = File.Exists(to);
            var (made, fault) = exists && wishes.Update ? Updated(path, to, text) : Made(path, text);
            if (made is null) return new ExportOutcome(path, "failed", fault!);
            if (exists && wishes is { Update: false, Force: false } && !Holds(to, made))
                return new ExportOutcome(path, "failed", $"{to} exists and is another notebook than {path} gives. --update puts the script's sources into it and keeps its outputs; --force replaces it.");
            return ExportFiles.Write(path, to, made.ToBytes());
        });
    }

    private static int Print(IReadOnlyList<string> paths)
    {
        using var stdout = new StandardOutput();
        var code = 0;
        foreach (var path in paths)
        {
            if (!TryReadScript(path, out var text, out var error)) code = Output.Fail(error);
            else if (Made(path, text) is ({ } made, _)) stdout.Write(made.Bytes.Span);
            else code = Output.Fail(Made(path, text).Error!);
        }

        return code;
    }

    private static (NotebookDocument? Notebook, string? Error) Made(string path, string text) =>
        NotebookPercent.Read(text, ExtensionOf(path)).TryGet(out var notebook, out var fault) ? (notebook, null) : (null, NotebookFile.Text(path, fault));

    private static (NotebookDocument? Notebook, string? Error) Updated(string path, string to, string text)
    {
        if (!NotebookFile.TryParse(to, out var notebook, out var error)) return (null, error);
        return NotebookPercent.Update(notebook, text, ExtensionOf(path)).TryGet(out var updated, out var fault) ? (updated, null) : (null, NotebookFile.Text(path, fault));
    }

    private static bool TryReadScript(string path, out string text, out string error)
    {
        text = "";
        if (path.EndsWith(".ipynb", StringComparison.Ordinal))
        {
            error = $"{path} is a notebook; 'holdfast nb to percent' makes its script.";
            return false;
        }

        if (!NotebookFile.TryRead(path, out var bytes, out var problem))
        {
            error = problem;
            return false;
        }

        error = $"{path} is not UTF-8 text; save it as UTF-8.";
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) return false;
        text = Encoding.UTF8.GetString(bytes);
        return true;
    }

    private static bool Holds(string path, NotebookDocument notebook)
    {
        try
        {
            return File.ReadAllBytes(path).AsSpan().SequenceEqual(notebook.Bytes.Span);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string ExtensionOf(string path) => Path.GetExtension(path) is { Length: > 1 } extension ? extension : ".py";
}
