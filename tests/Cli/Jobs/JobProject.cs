using System.Text.Json;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Jobs;

/// <summary>Projects that become jobs.</summary>
internal static class JobProject
{
    /// <summary>The hub of tests that end before they would ask one.</summary>
    public const string Nowhere = "http://127.0.0.1:1";

    /// <summary>A notebook of cells, the first of which is its parameters; of none when that is empty.</summary>
    public static string Notebook(string parameters, params string[] cells)
    {
        var first = parameters.Length == 0 ? [] : new[] { Cell("p", """{"tags":["parameters"]}""", parameters) };
        var rest = cells.Select((source, number) => Cell($"c{number}", "{}", source));
        return $$$"""{"cells":[{{{string.Join(',', first.Concat(rest))}}}],"metadata":{"kernelspec":{"display_name":"Python 3","language":"python","name":"python3"}},"nbformat":4,"nbformat_minor":5}""";
    }

    /// <summary>Makes a folder of the place a git repository, with all that is in it committed.</summary>
    public static async Task CommitAsync(this Place place, string folder)
    {
        var ran = await place.BashAsync("cd \"$1\" && git init -q -b main . && git add -A && git -c user.name=A -c user.email=a@example.com commit -q -m first", place.PathOf(folder));
        Assert.True(ran.ExitCode == 0, ran.Errors);
    }

    /// <summary>The paths of the files that a dry run says it would send.</summary>
    public static string[] Files(this Ran dryRun) => dryRun.ExitCode == 0
        ? [.. dryRun.Json.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString()!)]
        : throw new InvalidOperationException(dryRun.Errors);

    private static string Cell(string id, string metadata, string source) =>
        $$"""{"cell_type":"code","execution_count":null,"id":"{{id}}","metadata":{{metadata}},"outputs":[],"source":{{JsonSerializer.Serialize(source)}}}""";
}
