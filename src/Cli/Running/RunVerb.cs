using System.CommandLine;
using Holdfast.Cli.Keeper;
using Holdfast.Cli.Lab;
using Holdfast.Cli.Notebooks;
using Holdfast.Lab.Running;

namespace Holdfast.Cli.Running;

/// <summary><c>holdfast nb run</c>: runs a notebook as papermill does, on a kernel of the keeper's.</summary>
internal static class RunVerb
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The notebook, or - for standard input. Its file is not changed." };
        var output = new Option<string?>("--output", "-o") { Description = "The notebook to write. Default NAME.run.ipynb beside FILE. It is written as the run goes, and what was there is in its history.", HelpName = "FILE" };
        var parameters = new RunParameters();
        var kernel = new Option<string?>("--kernel", "-k") { Description = "The kernel. Default the notebook's own.", HelpName = "NAME" };
        var folder = new Option<string?>("--cwd") { Description = "The folder that the notebook runs in. Default its own.", HelpName = "DIR" };
        var limit = Age.Option("--timeout", "How long a cell may take, as 90s, 30m or 12h; then it is interrupted and the run fails. Default any time.");
        var detach = new Option<bool>("--detach", "-d") { Description = "Return when the kernel is ready; the run goes on by itself, and 'holdfast ls' shows it." };
        var command = new Command("run", "Run a notebook from its first cell to its last on a kernel of its own, with parameters set, into another notebook. It goes on when the terminal is closed. Exit codes: 1 a cell failed, 130 interrupted, 138 the kernel died.")
        {
            file, output, kernel, folder, limit, detach,
        };
        parameters.AddTo(command);
        command.SetAction(async (parse, cancellationToken) =>
        {
            var path = parse.GetValue(file)!;
            if (!parameters.TryRead(parse, out var set, out var error) || !NotebookFile.TryParse(path, out var notebook, out error)) return Output.Fail(error);
            if (path == "-" && parse.GetValue(output) is null) return Output.Fail("A notebook from standard input has no place of its own: say with -o where the run is written.");
            if (path == "-" && parse.GetValue(detach)) return Output.Fail("--detach reads the notebook again, and standard input can be read once only: name a file.");
            var working = Path.GetFullPath(parse.GetValue(folder) ?? (path == "-" ? "." : Path.GetDirectoryName(Path.GetFullPath(path))!));
            if (!Directory.Exists(working)) return Output.Fail($"There is no folder {working} to run in. Make it, or name another one with --cwd.");
            if ((KeeperContact.SocketProblem(Surroundings.Home) ?? Surroundings.Home.Prepare()) is { } problem) return Output.Fail(problem);
            var plan = new RunPlan
            {
                Notebook = notebook,
                Input = path,
                Output = Path.GetFullPath(parse.GetValue(output) ?? Path.ChangeExtension(path, ".run.ipynb")),
                Parameters = set,
                Kernel = parse.GetValue(kernel),
                WorkingFolder = working,
                CellLimit = parse.GetValue(limit),
                LabRoots = [.. LabRegister.All().Select(lab => lab.Root)],
                Version = $"holdfast {typeof(RunVerb).Assembly.GetName().Version!.ToString(3)}",
            };
            if (Directory.Exists(plan.Output)) return Output.Fail($"{plan.Output} is a folder; name a file with -o.");
            if (parse.GetValue(detach) && !RunDetached.IsThis) return await RunDetached.StartAsync(plan, cancellationToken);
            if (RunParameters.Unknown(notebook, path, set) is { } unknown) Console.Error.WriteLine($"Warning: {unknown}");
            return await RunInTerminal.RunAsync(plan, cancellationToken);
        });
        return command;
    }
}
