using Holdfast.Notebooks.Exporting;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb export --module</c>: the package that a project's notebooks describe.</summary>
internal static class ExportModules
{
    /// <summary>Writes the modules that the named notebooks give cells to; all of the project's when none is named. Gives the exit code.</summary>
    public static int Run(string[] named, string? output, bool isCheck)
    {
        // 1. The project, and all its notebooks: a module can have cells of several.
        var given = NotebookPaths.Of(named);
        if (given.Contains("-")) return Output.Fail("--module cannot read standard input: a module names the notebook that it comes from.");
        var settings = ModuleSettings.For(given is [var first, ..] ? Path.GetDirectoryName(Path.GetFullPath(first))! : Environment.CurrentDirectory);
        if (settings is null && named.Length == 0) return Output.Fail("There is no project here: no pyproject.toml with [tool.nbdev], no settings.ini. Name the notebooks, and with -o the folder of the package.");
        var all = given.Concat(settings is null ? [] : Of(settings)).DistinctBy(Path.GetFullPath).OrderBy(Path.GetFileName, StringComparer.Ordinal).ToList();

        // 2. Their cells.
        var library = output ?? settings?.Library ?? Environment.CurrentDirectory;
        var modules = new NotebookModules(library);
        var outcomes = new List<ExportOutcome>();
        foreach (var path in all)
        {
            var problem = NotebookFile.TryParse(path, out var notebook, out var error) ? modules.Add(notebook, path) : error;
            if (problem is not null) outcomes.Add(new ExportOutcome(path, "failed", problem));
        }

        // 3. The files. Nothing is written of a project that cannot be read as a whole.
        if (outcomes.Count > 0) return ExportFiles.Tell(outcomes);
        var wanted = given.Select(Path.GetFullPath).ToHashSet();
        var files = modules.Files().Where(file => named.Length == 0 || file.Notebooks.Any(notebook => wanted.Contains(Path.GetFullPath(notebook)))).ToList();
        foreach (var file in files) outcomes.Add(Write(file, isCheck));
        if (settings is not null && output is null)
        {
            foreach (var (file, notebook) in Inits(files, library)) outcomes.Add(ExportFiles.Write(notebook, Shown(file), "", isCheck));
            if (modules.Index(settings) is var index && File.Exists(index.Path)) outcomes.Add(Write(index, isCheck));
        }

        return ExportFiles.Tell(outcomes);
    }

    private static ExportOutcome Write(ModuleFile file, bool isCheck) => ExportFiles.Write(file.Notebooks.Count > 3 ? $"{file.Notebooks.Count} notebooks" : string.Join(", ", file.Notebooks), Shown(file.Path), file.Text, isCheck);

    private static string Shown(string path) => Path.GetRelativePath(Environment.CurrentDirectory, path) is var near && near.StartsWith("..", StringComparison.Ordinal) ? path : near;

    /// <summary>The notebooks of a project; files and folders whose names begin with _ or . are none of them, as in nbdev.</summary>
    private static IEnumerable<string> Of(ModuleSettings settings) => !Directory.Exists(settings.Notebooks) ? [] : NotebookPaths.Of([settings.Notebooks])
        .Where(path => !Path.GetRelativePath(settings.Notebooks, path).Split('/').Any(part => part[0] is '_' or '.')).Select(Shown);

    /// <summary>The __init__.py that Python needs in the folders of these modules and that are not there.</summary>
    private static IEnumerable<(string File, string Notebook)> Inits(IReadOnlyList<ModuleFile> files, string library)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            for (var folder = Path.GetDirectoryName(file.Path)!; folder.Length >= library.Length && seen.Add(folder); folder = Path.GetDirectoryName(folder)!)
            {
                var init = Path.Join(folder, "__init__.py");
                if (!File.Exists(init)) yield return (init, file.Notebooks[0]);
            }
        }
    }
}
