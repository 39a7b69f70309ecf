using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Host;

/// <summary>What the root of a workload is put together from.</summary>
/// <param name="Layers">Overlays, the one over <c>/</c> first, each after those that it lies in.</param>
/// <param name="ReadOnly">Mounts of this host that are seen as they are: what is read-only, and single files.</param>
/// <param name="Pieces">Masks and mounts, each after those that it lies in. The targets have no links.</param>
/// <param name="Devices">Names in <c>/dev</c>.</param>
internal sealed record RootPlan(IReadOnlyList<WorkloadLayer> Layers, IReadOnlyList<string> ReadOnly, IReadOnlyList<RootPiece> Pieces, IReadOnlyList<string> Devices)
{
    private static readonly string[] OwnFolders = ["/proc", "/sys", "/dev", .. WorkloadRecord.BeginEmpty];
    private static readonly string[] EverybodysDevices = ["null", "zero", "full", "random", "urandom", "tty", "fd", "stdin", "stdout", "stderr"];

    /// <summary>Plans the root.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="mounts">The mounts of this host.</param>
    /// <param name="hidden">Folders that are masked whether the specification says so or not.</param>
    public static RootPlan For(WorkloadSpec spec, IReadOnlyList<HostMount> mounts, IReadOnlyList<string> hidden)
    {
        var masks = spec.Masked.Concat(hidden).Select(Native.Resolve).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        // What lies in a folder that begins empty, or in another mask, is not seen anyway.
        masks.RemoveAll(mask => OwnFolders.Any(own => HostMount.IsIn(mask, own)) || masks.Any(other => other != mask && HostMount.IsIn(mask, other)));

        var layers = new List<WorkloadLayer> { new("/", "0") };
        var readOnly = new List<string>();
        var left = new List<string>(OwnFolders);
        foreach (var mount in mounts)
        {
            if (mount.Point == "/" || left.Concat(masks).Any(folder => HostMount.IsIn(mount.Point, folder))) continue;
            var isFolder = Directory.Exists(mount.Point);
            if (!mount.HoldsData || !(isFolder || File.Exists(mount.Point))) left.Add(mount.Point);
            else if (mount.IsReadOnly || !isFolder || mount.Point.AsSpan().ContainsAny(",:\\\"\n")) readOnly.Add(mount.Point);
            else layers.Add(new WorkloadLayer(mount.Point, $"{layers.Count}"));
        }

        var pieces = spec.Mounts.Select(mount => new RootPiece(Native.Resolve(mount.Source)!, ResolveTarget(mount.Target), mount.IsReadOnly)).ToList();
        if (NamesFolder() is { } names) pieces.Add(names);
        pieces.AddRange(masks.Where(mask => pieces.TrueForAll(piece => piece.Target != mask)).Select(mask => new RootPiece(null, mask, IsReadOnly: true)));
        return new RootPlan(layers, readOnly, [.. pieces.OrderBy(piece => piece.Target + "/", StringComparer.Ordinal)],
            [.. EverybodysDevices.Concat(Gpus(spec.Resources.Gpus ?? [])).Where(name => Path.Exists($"/dev/{name}"))]);
    }

    /// <summary>The name servers of this host where the file that names them lies in /run, which a workload does not see.</summary>
    private static RootPiece? NamesFolder()
    {
        if (Native.Resolve("/etc/resolv.conf") is not { } file || !WorkloadRecord.BeginEmpty.Any(folder => HostMount.IsIn(file, folder))) return null;
        var folder = Path.GetDirectoryName(file)!;
        var seen = WorkloadRecord.BeginEmpty.Contains(folder) ? file : folder;
        return new RootPiece(seen, seen, IsReadOnly: true);
    }

    /// <summary>A path inside without the links that this host has on the way: a mount must not be put outside of the new root by one.</summary>
    private static string ResolveTarget(string target)
    {
        var rest = "";
        for (var part = target; part != "/"; part = Path.GetDirectoryName(part)!)
        {
            if (Native.Resolve(part) is { } real) return real == "/" ? rest : real + rest;
            rest = $"/{Path.GetFileName(part)}{rest}";
        }

        return rest;
    }

    private static IEnumerable<string> Gpus(IReadOnlyList<int> gpus)
    {
        if (gpus.Count == 0) return [];
        var common = new[] { "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset", "kfd" };
        return [.. common, .. gpus.SelectMany(gpu => (string[])[$"nvidia{gpu}", $"dri/renderD{128 + gpu}"])];
    }
}

/// <summary>A mount, or a mask.</summary>
/// <param name="Source">What of this host is seen, without links; null for an empty folder that cannot be written.</param>
/// <param name="Target">Where, without links.</param>
/// <param name="IsReadOnly">Whether it cannot be written inside.</param>
internal sealed record RootPiece(string? Source, string Target, bool IsReadOnly);
