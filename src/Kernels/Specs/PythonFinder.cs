namespace Holdfast.Kernels.Specs;

/// <summary>Finds Pythons that have ipykernel: the first on PATH, and environments.</summary>
internal static class PythonFinder
{
    private static readonly string[] CondaRoots = ["miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba"];

    /// <summary>The first Python on PATH that has ipykernel; null when none has.</summary>
    public static async Task<FoundPython?> FirstOnPathAsync(SearchVariables variables, List<string> problems, CancellationToken cancellationToken)
    {
        // Scripts are asked, all at once, but only those in front of the first Python whose files show that it has ipykernel.
        var asked = new List<Task<FoundPython?>>();
        FoundPython? seen = null;
        foreach (var program in Programs(variables))
        {
            if (IsScript(program)) asked.Add(InterpreterProbe.AskAsync(program, variables.All, problems, cancellationToken));
            else seen = SitePackages.Look(program, PrefixOf(program), variables);
            if (seen is not null) break;
        }

        return (await Task.WhenAll(asked)).FirstOrDefault(answer => answer is not null) ?? seen;
    }

    private static IEnumerable<string> Programs(SearchVariables variables) => variables.Folders("PATH").Distinct()
        .SelectMany(folder => new[] { Path.Combine(folder, "python3"), Path.Combine(folder, "python") })
        .Where(File.Exists);

    /// <summary>Environments with ipykernel, active ones first: VIRTUAL_ENV, CONDA_PREFIX, ~/.virtualenvs, those that conda knows.</summary>
    public static IEnumerable<FoundPython> Environments(SearchVariables variables)
    {
        foreach (var prefix in Prefixes(variables).Select(Path.TrimEndingDirectorySeparator).Distinct())
        {
            var program = Path.Combine(prefix, "bin", "python");
            if (File.Exists(program) && SitePackages.Look(program, prefix, variables) is { } found) yield return found;
        }
    }

    private static IEnumerable<string> Prefixes(SearchVariables variables)
    {
        foreach (var name in new[] { "VIRTUAL_ENV", "CONDA_PREFIX" })
            if (variables[name] is { } active) yield return active;
        foreach (var prefix in Children(variables["WORKON_HOME"] ?? Path.Combine(variables.Home, ".virtualenvs"))) yield return prefix;
        foreach (var line in Lines(Path.Combine(variables.Home, ".conda", "environments.txt"))) yield return line;

        var roots = CondaRoots.Select(root => Path.Combine(variables.Home, root)).Append("/opt/conda");
        if (variables["MAMBA_ROOT_PREFIX"] is { } mamba) roots = roots.Prepend(mamba);
        if (variables["CONDA_EXE"] is { } conda) roots = roots.Prepend(PrefixOf(conda));
        foreach (var root in roots)
        {
            yield return root;
            foreach (var prefix in Children(Path.Combine(root, "envs"))) yield return prefix;
        }
    }

    /// <summary>The prefix of a program in <c>prefix/bin</c>. Links are not followed: a virtual environment's Python is one.</summary>
    public static string PrefixOf(string program) => Path.GetDirectoryName(Path.GetDirectoryName(program)) ?? "/";

    /// <summary>A script in Python's place, as pyenv's shims are: only running it tells which Python it stands for.</summary>
    private static bool IsScript(string program)
    {
        try
        {
            using var file = File.OpenRead(program);
            return file.ReadByte() == '#' && file.ReadByte() == '!';
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static string[] Children(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static IEnumerable<string> Lines(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllLines(file).Select(l => l.Trim()).Where(Path.IsPathFullyQualified) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
