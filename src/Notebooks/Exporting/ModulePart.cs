namespace Holdfast.Notebooks.Exporting;

/// <summary>A cell that goes into a module.</summary>
/// <param name="Id">Null in formats without ids.</param>
/// <param name="Source">Without its directives.</param>
/// <param name="IsPublic">Whether its names go into <c>__all__</c>: export and exports, not exporti.</param>
internal sealed record ModuleCell(string? Id, string Source, bool IsPublic);

/// <summary>What one notebook gives to one module.</summary>
/// <param name="Module">The module's name with dots.</param>
/// <param name="Creates">Whether the notebook makes the module (default_exp), or adds to one of another notebook (<c>#| export module</c>).</param>
/// <param name="Notebook">The notebook's file.</param>
/// <param name="Summary">The first quoted line below the notebook's title; empty when there is none.</param>
/// <param name="Cells">In their order.</param>
internal sealed record ModulePart(string Module, bool Creates, string Notebook, string Summary, IReadOnlyList<ModuleCell> Cells)
{
    /// <summary>The parts of a notebook, or a sentence that says why there are none although cells ask for it.</summary>
    public static (List<ModulePart> Parts, string? Problem) Of(NotebookDocument notebook, string path)
    {
        notebook = notebook.Upgrade();
        string? own = null;
        var summary = "";
        // The key of the notebook's own module is the empty one: its name may come later.
        var cells = new Dictionary<string, List<ModuleCell>>(StringComparer.Ordinal);
        for (var number = 0; number < notebook.Cells.Count; number++)
        {
            var cell = notebook.Cells[number];
            if (cell.Type == "markdown" && summary.Length == 0 && cell.Source.StartsWith("# ", StringComparison.Ordinal)) summary = SummaryOf(cell.Source);
            if (cell.Type != "code") continue;
            var (named, source) = CellDirectives.Of(cell.Source);
            if (named.TryGetValue("default_exp", out var name) && name.Length > 0) own = name[0];
            var isPublic = named.TryGetValue("export", out var to) || named.TryGetValue("exports", out to);
            if (!isPublic && !named.TryGetValue("exporti", out to)) continue;
            var module = to is [var other, ..] ? other : "";
            if (!cells.TryGetValue(module, out var list)) cells[module] = list = [];
            list.Add(new ModuleCell(notebook.ModelIds[number], source, isPublic));
        }

        if (own is null && cells.ContainsKey("")) return ([], $"{path} has cells to export but no module for them. Write '#| default_exp NAME' into its first cell.");
        if (cells.Keys.Select(key => key.Length > 0 ? key : own!).FirstOrDefault(name => !IsName(name)) is { } wrong) return ([], $"{path} exports to '{wrong}', which is no name of a module. Write it as package.module, without .py.");
        return ([.. cells.Select(pair => new ModulePart(pair.Key.Length > 0 ? pair.Key : own!, pair.Key.Length == 0, path, summary, pair.Value))], null);
    }

    private static string SummaryOf(string source) =>
        source.Split('\n').FirstOrDefault(line => line.StartsWith("> ", StringComparison.Ordinal))?.TrimStart('>', ' ').Trim() ?? "";

    private static bool IsName(string module) => module.Split('.').All(part => part.Length > 0 && part.All(c => char.IsLetterOrDigit(c) || c is '_' or '-'));
}
