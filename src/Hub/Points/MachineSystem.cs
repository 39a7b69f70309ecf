using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Points;

/// <summary>The ephemeral layer of a machine as it is now.</summary>
/// <param name="Mark">Empty: as the image has it; null when nobody could look.</param>
/// <param name="Size">Bytes of what was changed.</param>
internal sealed record MachineSystem(string? Mark, long Size)
{
    private static readonly MachineSystem Unknown = new(null, 0);

    /// <summary>Looks. What a loss list leaves out (caches, logs, temporary files), and links of kept paths, do not count.</summary>
    /// <param name="engine">Where it runs; null when that is not there.</param>
    /// <param name="machine">Which.</param>
    /// <param name="kept">Its kept paths.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<MachineSystem> LookAsync(IEngine? engine, MachineRecord machine, IReadOnlyList<KeptPath> kept, CancellationToken cancellationToken)
    {
        if (RootOf(engine, machine) is not { } root) return Unknown;
        using var tree = new ForeignTree(root);
        var (lines, size) = (new List<string>(), 0L);
        await foreach (var change in engine!.ChangesAsync(machine.Id, cancellationToken))
        {
            if (LossRule.LeavesOut(change.Path) || kept.Any(path => path.Path == change.Path && tree.LinkTarget(path.Path) == path.Place)) continue;
            size += change.Size;
            Add(tree, change, lines);
        }
        lines.Sort(StringComparer.Ordinal);
        var mark = lines.Count == 0 ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))))[..32];
        return new MachineSystem(mark, size);
    }

    /// <summary>What is installed in its system; null when nobody can look.</summary>
    public static IReadOnlyList<Package>? PackagesOf(IEngine? engine, MachineRecord machine) => RootOf(engine, machine) is { } root ? PackageList.Read(root) : null;

    private static string? RootOf(IEngine? engine, MachineRecord machine) => engine is { HasOwnRoots: true } && machine.State == MachineState.Running ? engine.PathOf(machine.Id, "/") : null;

    /// <summary>A line for each file that is not as the image has it. Times are taken to the second: archives of layers have no finer ones.</summary>
    private static void Add(ForeignTree tree, LayerChange change, List<string> lines)
    {
        if (change.Kind == LayerChangeKind.Deleted)
        {
            lines.Add($"- {change.Path}");
            return;
        }
        var left = new Stack<string>([change.Path]);
        while (left.TryPop(out var path))
        {
            if (LossRule.LeavesOut(path) || tree.Status(path) is not { } status) continue;
            if (!status.IsFolder) lines.Add(string.Create(CultureInfo.InvariantCulture, $"+ {path} {status.Mode} {status.User} {status.Group} {status.Size} {(status.IsLink ? 0 : status.Modified.Seconds)}"));
            else
            {
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"+ {path} {status.Mode} {status.User} {status.Group}"));
                // Of a folder that was there before, what changed in it is named for itself.
                if (change.Kind == LayerChangeKind.Added || change.Size > 0)
                    foreach (var entry in tree.List(path)) left.Push(ForeignTree.Join(path, entry.Name));
            }
        }
    }
}
