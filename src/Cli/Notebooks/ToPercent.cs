using Holdfast.Notebooks.Percent;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb to percent</c>: notebooks become scripts in cells.</summary>
internal static class ToPercent
{
    public static int Run(IReadOnlyList<string> paths, string? output)
    {
        if (output == "-" || (output is null && paths is ["-"])) return Print(paths);
        if (ScriptPlaces.Problem(paths, output) is { } problem) return Output.Fail(problem);
        return ExportFiles.All(paths, path =>
        {
            if (!NotebookFile.TryParse(path, out var notebook, out var error)) return new ExportOutcome(path, "failed", error);
            var script = NotebookPercent.Of(notebook);
            return ExportFiles.Write(path, ScriptPlaces.Of(path, output, script.Extension, paths.Count > 1), script.Text, isCheck: false);
        });
    }

    private static int Print(IReadOnlyList<string> paths)
    {
        using var stdout = new StandardOutput();
        var code = 0;
        foreach (var path in paths)
        {
            if (!NotebookFile.TryParse(path, out var notebook, out var error)) code = Output.Fail(error);
            else stdout.Write(ExportFiles.Utf8.GetBytes(NotebookPercent.Of(notebook).Text));
        }

        return code;
    }
}
