using Holdfast.Kernels;
using Holdfast.Lab.Jupyter;

namespace Holdfast.Lab.Kernels;

/// <summary>
/// The kernels that can be started, searched again when somebody asks and the last search is older than <see cref="Freshness"/>, or a kernel
/// was added to one of Jupyter's folders since or taken away.
/// </summary>
internal sealed class KernelSpecs(LabOptions options, TimeProvider time)
{
    /// <summary>How long a search's result is taken as it is.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<KernelSpecCatalog>? _search;
    private long _searched;
    private DateTime _changed;
    private readonly IReadOnlyList<string> _folders = [.. new JupyterFolders(options).Data.Select(folder => Path.Join(folder, "kernels"))];

    /// <summary>What is there now. The first call at the lab's start begins the first search.</summary>
    public Task<KernelSpecCatalog> GetAsync()
    {
        lock (_gate)
        {
            var changed = _folders.Select(Directory.GetLastWriteTimeUtc).Max();
            if (_search is null || _search.IsFaulted || changed != _changed || _search.IsCompleted && time.GetElapsedTime(_searched) > Freshness)
            {
                _changed = changed;
                _searched = time.GetTimestamp();
                _search = KernelSpecFinder.FindAsync(options.Environment, CancellationToken.None);
            }
            return _search;
        }
    }

    /// <summary>
    /// The spec of this name (names are lower case, clients are not always), of the default kernel for null; null when there is none.
    /// Searches again only for a name that is not known: starting a kernel should not wait for a search.
    /// </summary>
    public async Task<KernelSpec?> FindAsync(string? name)
    {
        Task<KernelSpecCatalog>? known;
        lock (_gate)
            known = _search;
        if (known is { IsCompletedSuccessfully: true } && Pick(await known, name) is { } spec)
            return spec;
        return Pick(await GetAsync(), name);
    }

    /// <summary>The kernel for documents that name none.</summary>
    public string DefaultOf(KernelSpecCatalog catalog) => options.DefaultKernel ?? catalog.Default ?? "python3";

    private KernelSpec? Pick(KernelSpecCatalog catalog, string? name)
    {
        name ??= DefaultOf(catalog);
        // Jupyter's name for whichever Python there is, from the time of two of them; old notebooks and clients say it.
        if (name == "python" && !catalog.Specs.ContainsKey(name))
            name = "python3";
        return catalog.Specs.GetValueOrDefault(name) ?? catalog.Specs.GetValueOrDefault(name.ToLowerInvariant());
    }
}
