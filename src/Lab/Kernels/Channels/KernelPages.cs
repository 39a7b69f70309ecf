using System.Collections.Concurrent;
using Holdfast.Keeper.Client;

namespace Holdfast.Lab.Kernels.Channels;

/// <summary>The pages that are connected, by kernel. Safe for concurrent calls.</summary>
internal sealed class KernelPages
{
    private readonly ConcurrentDictionary<string, KernelAudience> _audiences = new(StringComparer.Ordinal);

    /// <summary>Forgets a kernel when it is gone; its pages close by themselves.</summary>
    public KernelPages(KeeperClient keeper) => keeper.Removed += kernel => _audiences.TryRemove(kernel.Id, out _);

    /// <summary>All pages that are connected.</summary>
    public IEnumerable<KernelPage> All => _audiences.Values.SelectMany(audience => audience.Pages);

    /// <summary>How many pages are connected to all kernels.</summary>
    public int Total => _audiences.Values.Sum(audience => audience.Count);

    /// <summary>How many pages are connected to a kernel.</summary>
    public int Count(string kernelId) => _audiences.TryGetValue(kernelId, out var audience) ? audience.Count : 0;

    /// <summary>The pages of one kernel.</summary>
    public KernelAudience Of(string kernelId) => _audiences.GetOrAdd(kernelId, _ => new KernelAudience());
}

/// <summary>The pages of one kernel, at most one for a session id, and what they asked.</summary>
internal sealed class KernelAudience
{
    private readonly ConcurrentDictionary<string, KernelPage> _pages = new(StringComparer.Ordinal);

    /// <summary>How many are connected.</summary>
    public int Count => _pages.Count;

    /// <summary>Those that are connected.</summary>
    public IEnumerable<KernelPage> Pages => _pages.Values;

    /// <summary>Who sent which request.</summary>
    public RequestOwners Requests { get; } = new();

    /// <summary>Adds a page; returns the one it replaces, an older connection of the same session id.</summary>
    public KernelPage? Enter(KernelPage page)
    {
        KernelPage? older = null;
        _pages.AddOrUpdate(page.SessionId, page, (_, existing) =>
        {
            older = existing;
            return page;
        });
        return older;
    }

    /// <summary>The page that is connected with this session id, or null.</summary>
    public KernelPage? Find(string sessionId) => _pages.GetValueOrDefault(sessionId);

    /// <summary>Removes a page, unless a newer one has taken its place.</summary>
    public void Leave(KernelPage page) => _pages.TryRemove(KeyValuePair.Create(page.SessionId, page));
}
