using System.CommandLine;
using Holdfast.Notebooks.Trust;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb trust</c>: signs notebooks with the secret and the database of <c>jupyter trust</c>, in its words.</summary>
internal static class TrustVerb
{
    private sealed record Outcome(string Path, string State, string? Error = null);

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "The notebooks, - for standard input. Default standard input.", Arity = ArgumentArity.ZeroOrMore };
        var reset = new Option<bool>("--reset") { Description = "Forget every signature and make a new key: no notebook is trusted any more." };
        var format = Output.Format();
        var command = new Command("trust", "Sign notebooks, so that they may show all of their output, scripts too. Jupyter's own programs trust them as well.") { files, reset, format };
        command.SetAction(parse =>
        {
            var notary = NewNotary();
            var isJson = parse.GetValue(format) == "json";
            return parse.GetValue(reset) ? Reset(notary, isJson) : Sign(notary, parse.GetValue(files) is { Length: > 0 } named ? named : ["-"], isJson);
        });
        return command;
    }

    private static Notary NewNotary() => new(Notary.DataFolder(Surroundings.Variables), TimeProvider.System);

    private static int Sign(Notary notary, string[] paths, bool isJson)
    {
        var outcomes = new List<Outcome>();
        foreach (var path in paths)
        {
            var outcome = Sign(notary, path);
            outcomes.Add(outcome);
            if (outcome.Error is { } error) Output.Fail(error);
            else if (!isJson) Console.WriteLine(outcome.State == "signed" ? $"Signing notebook: {outcome.Path}" : $"Notebook already signed: {outcome.Path}");
        }

        if (isJson)
        {
            Output.Json(json =>
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

        return outcomes.Exists(outcome => outcome.Error is not null) ? 1 : 0;
    }

    private static Outcome Sign(Notary notary, string path)
    {
        var name = path == "-" ? "<stdin>" : path;
        if (!NotebookFile.TryParse(path, out var notebook, out var error)) return new Outcome(name, "failed", error);
        if (notary.Check(notebook).IsTrusted) return new Outcome(name, "already signed");
        var signed = notary.Sign(notebook);
        if (!signed.IsTrusted) return new Outcome(name, "failed", $"{path} is of version {notebook.Major} of the format, which has no signatures. Open and save it first.");
        // What this run alone knows is gone with it; a damaged database that was put aside is not in the way.
        if (signed.Problem is null) return new Outcome(name, "signed");
        if (!NewNotary().Check(notebook).IsTrusted) return new Outcome(name, "failed", $"{path} was not signed: {signed.Problem}");
        Console.Error.WriteLine($"holdfast: {signed.Problem}");
        return new Outcome(name, "signed");
    }

    private static int Reset(Notary notary, bool isJson)
    {
        var hadDatabase = File.Exists(notary.DatabaseFile);
        notary.Reset();
        if (isJson)
        {
            Output.Json(json =>
            {
                json.WriteStartObject();
                json.WriteString("removed", hadDatabase ? notary.DatabaseFile : null);
                json.WriteString("key", notary.SecretFile);
                json.WriteEndObject();
            });
            return 0;
        }

        if (hadDatabase) Console.WriteLine($"Removing trusted signature cache: {notary.DatabaseFile}");
        Console.WriteLine($"Generating new notebook key: {notary.SecretFile}");
        return 0;
    }
}
