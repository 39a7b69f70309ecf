using System.Text.Json;
using Holdfast.Cli.Hub;
using Holdfast.Cli.Notebooks;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Settings;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Exporting;

namespace Holdfast.Cli.Jobs;

/// <summary>What a job runs, and what is made for it.</summary>
/// <param name="Command">Program and arguments; it begins in the code's folder.</param>
/// <param name="PassAs">How it gets its parameters.</param>
/// <param name="Wish">The job, with parameters as the notebook has them.</param>
internal sealed record JobProgram(IReadOnlyList<string> Command, string? PassAs, JobWish Wish)
{
    // Hidden, and no name that 'import' takes: train.py beside train.ipynb would be found in place of a module of that name.
    private const string ScriptName = ".holdfast-";
    private const string InFolder = "cd \"$0\" && exec \"$@\"";
    // Values by their JSON, which is YAML: a text that looks like a number stays one.
    private const string RunNotebook = "cd \"$0\" && exec holdfast nb run \"$1\" -o \"$HOLDFAST_OUTPUT/$1\" -y \"$HOLDFAST_PARAMETERS\"";

    /// <summary>The notebook's path in the code; null when it runs none.</summary>
    public string? Notebook { get; init; }

    /// <summary>What it imports, besides modules that have one of these names; empty when nobody can tell before it runs.</summary>
    public Func<Func<string, bool>, IReadOnlyList<JobImport>> Imports { get; init; } = _ => [];

    /// <summary>Files that go with it whatever is ignored: the notebook or the script, and what is made of it.</summary>
    public IReadOnlyList<CodeFile> Files { get; init; } = [];

    /// <summary>The folder that a job's relative paths are of: the notebook's, else the one where it is submitted.</summary>
    public static string FolderOf(JobWish wish) => CodeFolder.Real(wish.Notebook is { } notebook ? Path.GetDirectoryName(Path.GetFullPath(notebook))! : wish.Folder!);

    /// <summary>What a job runs out of a folder.</summary>
    public static (JobProgram? Program, string? Problem) Of(JobWish wish, CodeFolder code)
    {
        var folder = Path.GetRelativePath(code.Root, FolderOf(wish));
        var isOutside = folder == ".." || folder.StartsWith("../", StringComparison.Ordinal);
        if (wish.Notebook is { } notebook)
        {
            return isOutside ? (null, $"{notebook} is not in {code.Root}, whose files are the code; mend: another --code.") : OfNotebook(wish, notebook, folder, code);
        }
        return (new JobProgram(isOutside || wish.NoCode ? wish.Command : In(folder, wish.Command), wish.PassAs, wish) { Imports = ImportsOf(wish) }, null);
    }

    private static (JobProgram?, string?) OfNotebook(JobWish wish, string path, string folder, CodeFolder code)
    {
        if (!NotebookFile.TryParse(path, out var notebook, out var error)) return (null, error);
        var cell = NotebookParameters.Cell(notebook);
        var script = NotebookScript.Of(notebook, withOptions: cell >= 0);
        if (script.IsPython)
        {
            (var fitting, error) = Fitted(wish, path, notebook);
            if (fitting is null) return (null, error);
            wish = fitting;
        }
        var name = Path.GetFileName(path);
        var inCode = folder == "." ? name : $"{folder}/{name}";
        // As it is read here, also where its name is that of a link.
        var itself = CodeFile.Made(inCode, File.ReadAllBytes(path));
        Func<Func<string, bool>, IReadOnlyList<JobImport>> imports = isOwn => script.IsPython && !ScriptImports.BringsModules(script.Text) ? ScriptImports.OfNotebook(notebook, name, isOwn) : [];
        if (wish.As == "notebook") return (new JobProgram(["sh", "-c", RunNotebook, folder, name], "none", wish) { Notebook = inCode, Imports = imports, Files = [itself] }, null);
        if (!script.IsPython) return (null, $"{path} is not in Python, and no script is made of it; mend: --as notebook runs it with its own kernel.");
        var file = $"{ScriptName}{Path.ChangeExtension(name, script.Extension)}";
        return (new JobProgram(In(folder, ["python3", file]), "arguments", wish)
        {
            Notebook = inCode,
            Imports = imports,
            Files = [itself, CodeFile.Made(folder == "." ? file : $"{folder}/{file}", ExportFiles.Utf8.GetBytes(script.Text))],
        }, null);
    }

    /// <summary>The job with values of the types that the notebook's parameters have; null with what is wrong with one.</summary>
    private static (JobWish? Wish, string? Problem) Fitted(JobWish wish, string path, NotebookDocument notebook)
    {
        var trials = wish.Sweep?.Parameters ?? new Dictionary<string, JsonElement>();
        if (wish.Parameters.Count == 0 && trials.Count == 0) return (wish, null);
        if (NotebookParameters.Cell(notebook) < 0) return (null, ParamsVerb.NoParameters(path));
        var known = NotebookParameters.Of(notebook).ToDictionary(parameter => parameter.Name);
        var (values, tried) = (new Dictionary<string, JsonElement>(), new Dictionary<string, JsonElement>());
        foreach (var (name, value) in wish.Parameters.Concat(trials))
        {
            if (!known.TryGetValue(name, out var parameter)) return (null, $"{path} has no parameter '{name}'.{NearestName.Hint(name, known.Keys)} It has {string.Join(", ", known.Keys)}.");
        }
        foreach (var (name, value) in wish.Parameters)
        {
            var (fitting, problem) = JobValue.Fit(known[name], value);
            if (fitting is null) return (null, problem);
            values[name] = fitting.Value;
        }
        foreach (var (name, value) in trials)
        {
            tried[name] = value;
            if (value.ValueKind != JsonValueKind.Array) continue;
            var fitting = value.EnumerateArray().Select(item => JobValue.Fit(known[name], item)).ToList();
            if (fitting.Find(item => item.Value is null).Problem is { } problem) return (null, problem);
            tried[name] = JobValue.List(fitting.Select(item => item.Value!.Value));
        }
        return (wish with { Parameters = values, Sweep = wish.Sweep is { } sweep ? sweep with { Parameters = tried } : null }, null);
    }

    /// <summary>Those of the Python script that a command runs: it begins with the interpreter, and the first word behind its options is the script.</summary>
    private static Func<Func<string, bool>, IReadOnlyList<JobImport>> ImportsOf(JobWish wish)
    {
        if (!Path.GetFileName(wish.Command[0]).StartsWith("python", StringComparison.Ordinal) || wish.Command.Skip(1).FirstOrDefault(word => !word.StartsWith('-')) is not { } script || !script.EndsWith(".py", StringComparison.Ordinal)) return _ => [];
        return isOwn =>
        {
            var file = Path.Combine(wish.Folder!, script);
            return File.Exists(file) && File.ReadAllText(file) is var text && !ScriptImports.BringsModules(text) ? ScriptImports.OfScript(text, script, isOwn) : [];
        };
    }

    private static IReadOnlyList<string> In(string folder, IReadOnlyList<string> command) => folder == "." ? command : ["sh", "-c", InFolder, folder, .. command];
}
