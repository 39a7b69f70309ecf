using System.CommandLine;
using Holdfast.Cli.Notebooks;
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
            else DiffText.Write(NotebookDocument.Parse(before).Document, NotebookDocument.Parse(after).Document);
            return 0;
        });
        return command;
    }
}
