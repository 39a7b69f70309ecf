using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Publishing;

namespace Holdfast.Notebooks.Running;

/// <summary>What of a notebook is run as a test, by the rules of nbdev's <c>nbdev_test</c>.</summary>
/// <param name="Cells">The cells to run, in order.</param>
/// <param name="Skipped">Why the whole notebook is left out; null when it is not.</param>
public sealed record NotebookTest(IReadOnlyList<RunCell> Cells, string? Skipped)
{
    /// <summary>Reads a notebook.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="flags">Directives whose cells are left out (nbdev's <c>tst_flags</c>, without those that are asked for).</param>
    public static NotebookTest Of(NotebookDocument notebook, IReadOnlySet<string> flags)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        ArgumentNullException.ThrowIfNull(flags);
        if (SkipsAll(notebook)) return new NotebookTest([], "skip_exec in its front matter");
        List<RunCell> cells = [.. RunCell.Of(notebook).Where(cell => IsTested(cell, flags))];
        return new NotebookTest(cells, cells.Count == 0 ? "nothing in it to run" : null);
    }

    private static bool IsTested(RunCell cell, IReadOnlySet<string> flags)
    {
        // Exporting from within a test would write the package that is tested.
        if (cell.Source.Contains("nbdev_export(", StringComparison.Ordinal)) return false;
        var named = CellDirectives.Of(cell.Source).Named;
        return !(named.TryGetValue("eval", out var eval) && eval is [var word, ..] && word.Equals("false", StringComparison.OrdinalIgnoreCase)) && !named.Keys.Any(flags.Contains);
    }

    private static bool SkipsAll(NotebookDocument notebook)
    {
        var front = new FrontMatter();
        return notebook.Cells is [var first, ..] && (first.Type == "raw" ? front.TakeYaml(first.Source) : first.Type == "markdown" && front.TakeTitle(first.Source) is not null) && front.IsNotTested;
    }
}
