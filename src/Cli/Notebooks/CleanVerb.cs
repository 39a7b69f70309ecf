using System.CommandLine;
using Holdfast.Notebooks.Cleaning;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb clean</c>: takes out of notebooks what changes without anybody having changed it.</summary>
internal static class CleanVerb
{
    private sealed record Outcome(string Path, string State, string? Error = null);

    public static Command Create()
    {
        var paths = new Argument<string[]>("FILE|DIR") { Description = "Notebooks, folders with notebooks in them, or - to clean standard input to standard output.", Arity = ArgumentArity.OneOrMore };
        var check = new Option<bool>("--check") { Description = "Write nothing; list the notebooks that are not clean, and exit with 1 when there are any." };
        var rules = new CleanOptions();
        var format = Output.Format();
        var command = new Command("clean", "Take out of notebooks what changes by itself: counts, metadata of programs, memory addresses. What stays keeps its bytes; the rules are nbdev's, and settings come from .holdfast.yaml, pyproject.toml or settings.ini.") { paths, check };
        rules.AddTo(command);
        command.Add(format);
        command.SetAction(parse =>
        {
            var rulesFor = rules.Rules(parse);
            var isCheck = parse.GetValue(check);
            if (parse.GetValue(paths)!.Contains("-") && !isCheck) return parse.GetValue(paths) is ["-"] ? CleanInput(rulesFor(Environment.CurrentDirectory)) : Output.Fail("- for standard input stands alone.");
            var files = NotebookPaths.Of(parse.GetValue(paths)!);
            var outcomes = new Outcome[files.Count];
            Parallel.For(0, files.Count, number => outcomes[number] = Clean(files[number], rulesFor, isCheck));
            if (parse.GetValue(format) == "json") WriteJson(outcomes);
            else WriteText(outcomes);
            return outcomes.Any(outcome => outcome.State is "failed" or "unclean") ? 1 : 0;
        });
        return command;
    }

    private static int CleanInput(CleanRules rules)
    {
        if (!NotebookFile.TryParse("-", out var notebook, out var error)) return Output.Fail(error);
        using var stdout = new StandardOutput();
        stdout.Write(NotebookCleaner.Clean(notebook, rules).Bytes.Span);
        return 0;
    }

    private static Outcome Clean(string path, Func<string, CleanRules> rulesFor, bool isCheck)
    {
        if (!NotebookFile.TryParse(path, out var notebook, out var error)) return new Outcome(path, "failed", error);
        try
        {
            var cleaned = NotebookCleaner.Clean(notebook, rulesFor(path == "-" ? Environment.CurrentDirectory : Path.GetDirectoryName(Path.GetFullPath(path))!));
            if (ReferenceEquals(cleaned, notebook)) return new Outcome(path, "clean");
            if (isCheck) return new Outcome(path, "unclean");
            FileReplacement.Write(path, cleaned.Bytes.Span);
            return new Outcome(path, "cleaned");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Outcome(path, "failed", $"{path} was not cleaned and is as it was: {e.Message}");
        }
    }

    private static void WriteText(Outcome[] outcomes)
    {
        foreach (var outcome in outcomes)
        {
            if (outcome.Error is { } error) Output.Fail(error);
            else if (outcome.State != "clean") Console.WriteLine(outcome.State == "unclean" ? $"Not clean: {outcome.Path}" : $"Cleaned: {outcome.Path}");
        }
    }

    private static void WriteJson(Outcome[] outcomes) => Output.Json(json =>
    {
        json.WriteStartArray();
        foreach (var outcome in outcomes)
        {
            json.WriteStartObject();
            json.WriteString("path", outcome.Path);
            json.WriteString("state", outcome.State);
            json.WriteString("error", outcome.Error);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
