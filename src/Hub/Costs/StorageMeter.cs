using Holdfast.Hub.Events;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Costs;

/// <summary>Charges volumes for what they hold: each hour what <see cref="VolumeUsage"/> has measured last, until the next look. Says when a quota is nearly used up.</summary>
internal sealed class StorageMeter(HubFolders folders, HubSettings settings, CostLedger ledger, MachineStore machines, VolumeUsage usage, EventLog events, TimeProvider time)
{
    private const int NearPercent = 90;
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private readonly Dictionary<string, DateTimeOffset> _looked = [];

    /// <summary>Looks at those whose hour is over, and at those that were not looked at yet; those that are gone end.</summary>
    public void Look()
    {
        var now = time.GetUtcNow();
        var volumes = Volumes().ToDictionary(volume => volume.Key);
        foreach (var (key, name, owner, folder) in volumes.Values)
        {
            // A clock that was set back is no reason not to look.
            if (_looked.TryGetValue(key, out var looked) && looked <= now && now - looked < Every || usage.Of(folder) is not { } held) continue;
            _looked[key] = now;
            if (held.Quota is { } quota) Warn(name, owner, ledger.Current(key)?.Bytes ?? 0, held.Bytes, quota);
            ledger.Store(key, name, owner, held.Bytes, settings.StoragePrice, settings.Currency);
        }
        foreach (var gone in ledger.Open().Where(charge => charge.Bytes is not null && !volumes.ContainsKey(charge.Subject)))
        {
            _looked.Remove(gone.Subject);
            ledger.End(gone.Id, now);
        }
    }

    /// <summary>Once when it is crossed: what it held before tells.</summary>
    private void Warn(string name, string? owner, long before, long bytes, long quota)
    {
        foreach (var percent in (int[])[100, NearPercent])
        {
            if (bytes * 100m < quota * (decimal)percent || before * 100m >= quota * (decimal)percent) continue;
            var mend = percent == 100 ? "nothing is started with it" : "remove something";
            events.Add(percent == 100 ? "volume.full" : "volume.near", null, owner, $"{name} holds {percent} % of its quota or more: {mend}; 'holdfast storage du' shows what is large.");
            return;
        }
    }

    private IEnumerable<(string Key, string Name, string? Owner, string Folder)> Volumes()
    {
        yield return ("storage", "storage", null, folders.Storage);
        foreach (var home in Names(Path.GetDirectoryName(folders.HomeOf("_"))!)) yield return ($"home/{home}", $"home/{home}", home, folders.HomeOf(home));
        foreach (var (machine, _) in machines.All()) yield return ($"notebooks/{machine.Id}", $"notebooks/{machine.Spec.Name}", machine.Owner, folders.NotebooksOf(machine.Id));
    }

    private static IEnumerable<string> Names(string folder) => Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)!) : [];
}
