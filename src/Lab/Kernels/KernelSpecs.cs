using Holdfast.Kernels;

namespace Holdfast.Lab.Kernels;

/// <summary>The kernels that can be started, searched again when somebody asks and the last search is older than <see cref="Freshness"/>.</summary>
internal sealed class KernelSpecs(LabOptions options, TimeProvider time)
{
    /// <summary>How long a search's result is taken as it is.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Task<KernelSpecCatalog>? _search;
    private long _searched;

    /// <summary>What is there now. The first call at the lab's start begins the first search.</summary>
    public Task<KernelSpecCatalog> GetAsync()
    {
        lock (_gate)
        {
            if (_search is null || _search.IsFaulted || (_search.IsCompleted && time.GetElapsedTime(_searched) > Freshness))
            {
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
        return catalog.Specs.GetValueOrDefault(name) ?? catalog.Specs.GetValueOrDefault(name.ToLowerInvariant());
    }
}
