using System.CommandLine;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb to</c>: notebooks in other forms.</summary>
internal static class ToVerb
{
    public static Command Create()
    {
        var kind = new Argument<string>("KIND") { Description = "percent: a script in cells, which editors know by '# %%' (jupytext's py:percent). 'holdfast nb from percent' is the way back." };
        var files = new Argument<string[]>("FILE|DIR") { Description = "Notebooks, folders with notebooks in them, or - for standard input.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o") { Description = "The file to write, a folder, or - for standard output. Default beside the notebook.", HelpName = "PATH" };
        var command = new Command("to", "Make scripts in cells of notebooks: percent. Nothing is executed, and the notebook is not changed.") { kind, files, output };
        kind.Validators.Add(result =>
        {
            if (result.Tokens is [var word] && word.Value != "percent") result.AddError($"A notebook cannot become '{word.Value}'; the kinds are percent.");
        });
        command.SetAction(parse => ToPercent.Run(NotebookPaths.Of(parse.GetValue(files)!), parse.GetValue(output)));
        return command;
    }
}
