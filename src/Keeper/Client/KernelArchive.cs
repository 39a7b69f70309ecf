using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Owned;

namespace Holdfast.Keeper.Client;

/// <summary>All kernels whose journals are on the disk, running or ended; read without a keeper.</summary>
public static class KernelArchive
{
    /// <summary>The kernels that had a session on <paramref name="document"/> (an absolute path), oldest first.</summary>
    public static IReadOnlyList<KernelRecord> Of(KeeperHome home, string document) =>
        [.. All(home).Where(kernel => kernel.Documents.Contains(document, StringComparer.Ordinal))];

    /// <summary>All kernels, oldest first. Folders that hold no readable <c>kernel.json</c> are passed over.</summary>
    public static IReadOnlyList<KernelRecord> All(KeeperHome home) => Directory.Exists(home.KernelsFolder)
        ? [.. Directory.EnumerateDirectories(home.KernelsFolder).Select(KernelFile.Read).OfType<KernelFile>().Select(file => file.Record).OrderBy(record => record.Started)]
        : [];
}
