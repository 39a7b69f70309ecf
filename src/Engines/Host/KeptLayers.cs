using System.Text.Json;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Host;

/// <summary>The kept layers of one workload, a folder for each in its scratch folder. Of files that are the same in several there is one, with several names.</summary>
/// <param name="Path">The folder with all of them.</param>
internal sealed record KeptLayers(string Path)
{
    private const string Unfinished = ".new", Layers = "layers.json";

    public static KeptLayers Of(string scratch) => new(System.IO.Path.Combine(scratch, "kept"));

    public bool Has(string name) => WorkloadSpec.IsId(name) && Directory.Exists(In(name));

    public IReadOnlyList<string> Names => Directory.Exists(Path) ? [.. Directory.EnumerateDirectories(Path).Select(folder => System.IO.Path.GetFileName(folder)!).Where(WorkloadSpec.IsId)] : [];

    /// <summary>Keeps layers as they are now.</summary>
    /// <exception cref="IOException">They cannot be read or written; nothing is left of it.</exception>
    public void Keep(string name, WorkloadFolder from, IReadOnlyList<WorkloadLayer> layers, CancellationToken cancellationToken)
    {
        Remove(name);
        var (place, before) = (In(name) + Unfinished, Names.MaxBy(other => Directory.GetCreationTimeUtc(In(other))));
        Remove(name + Unfinished);
        try
        {
            Directory.CreateDirectory(place, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var earlier = before is null ? [] : Read(before);
            foreach (var layer in layers)
            {
                var old = earlier.Find(each => each.Point == layer.Point) is { } same ? System.IO.Path.Combine(In(before!), same.Folder) : null;
                new LayerCopy(old, path => layer.Point == "/" && WorkloadRecord.BeginEmpty.Contains($"/{path}"), marks: true).Copy(from.Upper(layer), System.IO.Path.Combine(place, layer.Folder), cancellationToken);
            }
            File.WriteAllBytes(System.IO.Path.Combine(place, Layers), JsonSerializer.SerializeToUtf8Bytes([.. layers], WorkloadJson.Default.ListWorkloadLayer));
            Native.SyncAll(place);
            Directory.Move(place, In(name));
        }
        catch
        {
            Remove(name + Unfinished);
            throw;
        }
    }

    /// <summary>Makes the upper folders that a workload begins with. What of this host is not mounted any more is left out.</summary>
    public void Begin(string name, IReadOnlyList<WorkloadLayer> layers, WorkloadFolder to)
    {
        foreach (var kept in Read(name))
            if (layers.FirstOrDefault(layer => layer.Point == kept.Point) is { } layer) new LayerCopy(null, _ => false, marks: false).Copy(System.IO.Path.Combine(In(name), kept.Folder), to.Upper(layer), CancellationToken.None);
    }

    /// <summary>Removes one, or what is unfinished of it; whether there was any.</summary>
    public bool Remove(string name)
    {
        if (!Directory.Exists(In(name))) return false;
        Directory.Delete(In(name), recursive: true);
        return true;
    }

    /// <summary>What each takes.</summary>
    public IReadOnlyList<LayerSnapshot> Measure()
    {
        var sizes = Names.ToDictionary(name => name, _ => (Own: 0L, Share: 0L));
        foreach (var name in sizes.Keys)
        {
            var left = new Stack<string>([In(name)]);
            while (left.TryPop(out var folder))
            {
                foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { AttributesToSkip = 0 }))
                {
                    if (Native.FileStatusOf(path) is not { } status) continue;
                    if (status.IsFolder) left.Push(path);
                    // A name more in the same layer makes it look shared: that is rare, and says too little.
                    var (own, share) = sizes[name];
                    sizes[name] = status.IsFolder || status.Links == 1 ? (own + status.Room, share + status.Room) : (own, share + status.Room / status.Links);
                }
            }
        }
        return [.. sizes.Select(size => new LayerSnapshot(size.Key, size.Value.Own, size.Value.Share))];
    }

    private List<WorkloadLayer> Read(string name) => JsonSerializer.Deserialize(File.ReadAllBytes(System.IO.Path.Combine(In(name), Layers)), WorkloadJson.Default.ListWorkloadLayer)!;

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
