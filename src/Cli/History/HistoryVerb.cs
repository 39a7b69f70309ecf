using System.CommandLine;
using System.Globalization;
using Holdfast.History;

namespace Holdfast.Cli.History;

/// <summary><c>holdfast history [NOTEBOOK]</c>: the versions of a notebook, or which notebooks have any.</summary>
internal static class HistoryVerb
{
    public static Command Create()
    {
        var notebook = new Argument<string?>("NOTEBOOK") { Description = "The notebook, whether its file is still there or not. Without it, the notebooks that have versions are listed.", Arity = ArgumentArity.ZeroOrOne };
        var format = Output.Format();
        var command = new Command("history", "List the versions of a notebook that were kept: one at each save and each run. They come back with 'holdfast history restore'.")
        {
            notebook, format, ShowVerb.Create(), DiffVerb.Create(), RestoreVerb.Create(),
        };
        command.SetAction(parse => parse.GetValue(notebook) is { } path ? Versions(path, parse.GetValue(format) == "json") : Notebooks(parse.GetValue(format) == "json"));
        return command;
    }

    private static int Versions(string path, bool asJson)
    {
        var (history, problem) = NotebookVersions.Open(path);
        using var opened = history;
        if (history is null) return Output.Fail(problem!);
        if (asJson)
        {
            Output.Json(json =>
            {
                json.WriteStartArray();
                foreach (var version in history.All)
                {
                    json.WriteStartObject();
                    json.WriteNumber("version", version.Number);
                    json.WriteString("time", version.Time);
                    json.WriteString("kind", version.Kind.Word());
                    if (version.Cells is { } cells) json.WriteNumber("cells", cells);
                    else json.WriteNull("cells");
                    json.WriteNumber("size", version.Size);
                    json.WriteString("change", version.Change);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return 0;
        }

        Output.Table(["VERSION", "WHEN", "KIND", "CELLS", "SIZE", "CHANGE"],
            [.. history.All.Select(version => new[]
            {
                version.Number.ToString(CultureInfo.InvariantCulture),
                Output.Clock(version.Time, TimeProvider.System),
                version.Kind.Word(),
                version.Cells?.ToString(CultureInfo.InvariantCulture) ?? "-",
                ByteText.Of(version.Size),
                version.Change,
            })]);
        return 0;
    }

    private static int Notebooks(bool asJson)
    {
        using var store = HistoryStore.OpenExisting(Surroundings.Home.StateFolder);
        var notebooks = store?.Notebooks() ?? [];
        if (asJson)
        {
            Output.Json(json =>
            {
                json.WriteStartArray();
                foreach (var notebook in notebooks)
                {
                    json.WriteStartObject();
                    json.WriteString("path", notebook.Path);
                    json.WriteNumber("versions", notebook.Versions);
                    json.WriteString("newest", notebook.Newest);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
        }
        else if (notebooks.Count == 0)
        {
            Console.WriteLine("No version of any notebook is kept yet. 'holdfast lab' keeps one at each save and each run.");
        }
        else
        {
            Output.Table(["VERSIONS", "NEWEST", "NOTEBOOK"],
                [.. notebooks.Select(notebook => new[] { notebook.Versions.ToString(CultureInfo.InvariantCulture), Output.Clock(notebook.Newest, TimeProvider.System), notebook.Path })]);
        }

        return 0;
    }
}
