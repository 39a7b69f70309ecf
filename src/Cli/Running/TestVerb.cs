using System.CommandLine;
using System.Globalization;

namespace Holdfast.Cli.Running;

/// <summary><c>holdfast nb test</c>: runs notebooks in parallel, each on a kernel of its own, as nbdev_test does.</summary>
internal static class TestVerb
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE|DIR") { Description = "Notebooks, or folders with notebooks in them. Default the current folder, or the notebooks of its nbdev project. In folders those are left out whose names begin with _, and folders with a file .notest.", Arity = ArgumentArity.ZeroOrMore };
        var workers = new Option<int?>("--workers", "-n") { Description = "How many run at once. Default one for each processor.", HelpName = "N" };
        var flags = new Option<string[]>("--flags") { Description = "Also run cells with these directives, which tst_flags of the project leaves out, as 'slow'.", HelpName = "NAME" };
        var changed = new Option<string?>("--changed") { Description = "Only notebooks that differ from this revision of git, and new ones.", HelpName = "REVISION" };
        var limit = Age.Option("--timeout", "How long a cell may take, as 90s or 30m; then its notebook has failed. Default any time.");
        var kernel = new Option<string?>("--kernel", "-k") { Description = "The kernel. Default each notebook's own.", HelpName = "NAME" };
        var report = new Option<string?>("--junit") { Description = "Also write the results as JUnit XML.", HelpName = "FILE" };
        var format = Output.Format();
        var command = new Command("test", "Run notebooks, each from its first cell to its last on a fresh kernel, and say which fail and where. Their files are not changed. Cells with '#| eval: false' and notebooks with skip_exec are left out, as nbdev_test does; a cell tagged raises-exception may fail.")
        {
            files, workers, flags, changed, limit, kernel, report, format,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(workers) is < 1) result.AddError(string.Create(CultureInfo.InvariantCulture, $"--workers is 1 or more, not {result.GetValue(workers)}."));
        });
        command.SetAction(async (parse, cancellationToken) =>
        {
            if (!TestSelection.TryFind(parse.GetValue(files)!, parse.GetValue(changed), out var paths, out var error)) return Output.Fail(error);
            var run = new TestRun
            {
                Paths = paths,
                Workers = parse.GetValue(workers) ?? Environment.ProcessorCount,
                Flags = parse.GetValue(flags) ?? [],
                CellLimit = parse.GetValue(limit),
                Kernel = parse.GetValue(kernel),
                Shown = parse.GetValue(format) == "json" ? null : new TestTable(paths, Console.Out),
            };
            var (outcomes, failure) = await run.RunAsync(cancellationToken);
            if (failure is not null) return Output.Fail(failure);
            if (parse.GetValue(report) is { } file) JUnitReport.Write(file, outcomes);
            if (parse.GetValue(format) == "json") TestJson.Write(outcomes);
            else run.Shown!.End(outcomes);
            return outcomes.Any(outcome => outcome.State == TestState.Interrupted) ? RunInTerminal.Interrupted : outcomes.Any(outcome => outcome.State == TestState.Failed) ? 1 : 0;
        });
        return command;
    }
}
