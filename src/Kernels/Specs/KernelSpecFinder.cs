using Holdfast.Kernels.Specs;

namespace Holdfast.Kernels;

/// <summary>Finds kernels as Jupyter finds them.</summary>
public static class KernelSpecFinder
{
    /// <summary>Searches JUPYTER_PATH, the user's and the system's folders, the prefix of the first Python with ipykernel on PATH, and environments.</summary>
    /// <param name="environment">The variables to search by; normally those of this process.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async Task<KernelSpecCatalog> FindAsync(IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var variables = new SearchVariables(environment);
        var specs = new SortedDictionary<string, KernelSpec>(StringComparer.Ordinal);
        var problems = new List<string>();

        // 1. The Python that `python` and `python3` stand for.
        var python = await PythonFinder.FirstOnPathAsync(variables, problems, cancellationToken);

        // 2. Every folder of kernelspecs; the first that has a name wins.
        foreach (var folder in JupyterFolders.Kernels(variables, python)) Collect(folder, python, specs, problems);

        // 3. A Python with ipykernel needs no kernelspec (jupyter_client's native kernel).
        if (python is not null) specs.TryAdd("python3", PythonSpecs.Native(python));

        // 4. Environments that no kernelspec speaks of.
        var known = specs.Values.Select(s => s.Python).OfType<string>().Select(PythonFinder.PrefixOf).ToHashSet(StringComparer.Ordinal);
        foreach (var found in PythonFinder.Environments(variables))
            if (known.Add(found.Prefix))
            {
                var spec = PythonSpecs.OfEnvironment(found, specs);
                specs.Add(spec.Name, spec);
            }

        return new KernelSpecCatalog(specs, specs.ContainsKey("python3") ? "python3" : specs.Keys.FirstOrDefault(), problems);
    }

    private static void Collect(string folder, FoundPython? python, SortedDictionary<string, KernelSpec> specs, List<string> problems)
    {
        string[] candidates;
        try
        {
            if (!Directory.Exists(folder)) return;
            candidates = Directory.GetDirectories(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{folder} cannot be searched for kernels: {e.Message} Make it readable.");
            return;
        }

        Array.Sort(candidates, StringComparer.Ordinal);
        foreach (var candidate in candidates)
        {
            var name = Path.GetFileName(candidate).ToLowerInvariant();
            if (specs.ContainsKey(name) || !File.Exists(Path.Combine(candidate, KernelSpecFile.Name))) continue;
            if (KernelSpecFile.Read(candidate, name, python, problems) is { } spec) specs.Add(name, spec);
        }
    }
}
