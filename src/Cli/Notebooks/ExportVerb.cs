using System.CommandLine;
using Holdfast.Notebooks.Exporting;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb export</c>: notebooks become scripts, as with <c>jupyter nbconvert --to script</c>, or the modules of a package, as with nbdev.</summary>
internal static class ExportVerb
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE|DIR") { Description = "Notebooks, folders with notebooks in them, or - for standard input. With --module the default is the project's own.", Arity = ArgumentArity.ZeroOrMore };
        var to = new Option<string>("--to") { Description = "What they become: script, the default. Python notebooks become .py, others what their language_info says.", HelpName = "KIND", DefaultValueFactory = _ => "script" };
        to.AcceptOnlyFromAmong("script");
        var output = new Option<string?>("--output", "-o") { Description = "The file to write, a folder, or - for standard output. Default beside the notebook.", HelpName = "PATH" };
        var options = new Option<bool>("--cli") { Description = "The script takes the parameters of the cell tagged 'parameters' as options; --help of the script lists them." };
        var module = new Option<bool>("--module") { Description = "Write the cells marked '#| export' into the modules of a package, as nbdev does. Where to: lib_path of pyproject.toml or settings.ini, or -o." };
        var check = new Option<bool>("--check") { Description = "Write nothing; list the files that are not what their notebooks give, and exit with 1 when there are any." };
        var command = new Command("export", "Make scripts of notebooks: the bytes that 'jupyter nbconvert --to script' writes, magics as calls of IPython, or with --module a package.") { files, to, output, options, module, check };
        command.Validators.Add(result =>
        {
            if (result.GetValue(files) is [] && !result.GetValue(module)) result.AddError("'holdfast nb export' needs FILE|DIR.");
            else if (result.GetValue(options) && result.GetValue(module)) result.AddError("--cli makes a script, and --module a package: one of them.");
            else if (result.GetValue(output) == "-" && (result.GetValue(check) || result.GetValue(module))) result.AddError("-o - is for scripts that are written; with --check and --module name a file or a folder.");
        });
        command.SetAction(parse =>
        {
            var isCheck = parse.GetValue(check);
            return parse.GetValue(module)
                ? ExportModules.Run(parse.GetValue(files)!, parse.GetValue(output), isCheck)
                : Scripts(NotebookPaths.Of(parse.GetValue(files)!), parse.GetValue(output), parse.GetValue(options), isCheck);
        });
        return command;
    }

    private static int Scripts(IReadOnlyList<string> paths, string? output, bool withOptions, bool isCheck)
    {
        if (output == "-" || (output is null && paths is ["-"])) return Print(paths, withOptions);
        if (ScriptPlaces.Problem(paths, output) is { } problem) return Output.Fail(problem);
        return ExportFiles.All(paths, path =>
        {
            var (script, error) = Script(path, withOptions);
            return script is null
                ? new ExportOutcome(path, "failed", error!)
                : ExportFiles.Write(path, ScriptPlaces.Of(path, output, script.Extension, paths.Count > 1), script.Text, isCheck);
        });
    }

    private static int Print(IReadOnlyList<string> paths, bool withOptions)
    {
        using var stdout = new StandardOutput();
        var code = 0;
        foreach (var path in paths)
        {
            var (script, error) = Script(path, withOptions);
            if (script is null) code = Output.Fail(error!);
            else stdout.Write(ExportFiles.Utf8.GetBytes(script.Text));
        }

        return code;
    }

    /// <summary>The script of a notebook, or why there is none.</summary>
    private static (ExportedScript? Script, string? Error) Script(string path, bool withOptions)
    {
        if (!NotebookFile.TryParse(path, out var notebook, out var error)) return (null, error);
        var script = NotebookScript.Of(notebook, withOptions);
        if (!withOptions) return (script, null);
        if (!script.IsPython) return (null, $"{path} is not in Python, and --cli writes options for Python.");
        return NotebookParameters.Cell(notebook) < 0 ? (null, ParamsVerb.NoParameters(path)) : (script, null);
    }
}
