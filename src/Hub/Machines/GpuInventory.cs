using System.Globalization;

namespace Holdfast.Hub.Machines;

/// <summary>The GPUs of this host, each one machine's or job's at a time.</summary>
internal sealed class GpuInventory(HubSettings settings)
{
    private readonly Lock _turn = new();
    private readonly Dictionary<int, string> _owners = [];

    /// <summary>Indexes of all there are: as configured, else those that have a device.</summary>
    public IReadOnlyList<int> All { get; } = settings.Gpus is { } count ? [.. Enumerable.Range(0, count)] : [.. Devices()];

    /// <summary>Takes so many that are free for a machine; null when there are not enough. What it holds already is its own.</summary>
    public IReadOnlyList<int>? TryTake(string machine, int count)
    {
        lock (_turn)
        {
            var free = All.Where(gpu => !_owners.TryGetValue(gpu, out var owner) || owner == machine).Take(count).ToArray();
            if (free.Length < count) return null;
            Release(machine);
            foreach (var gpu in free) _owners[gpu] = machine;
            return free;
        }
    }

    /// <summary>Whether <see cref="TryTake"/> would take so many.</summary>
    public bool CouldTake(string machine, int count)
    {
        lock (_turn) return All.Count(gpu => !_owners.TryGetValue(gpu, out var owner) || owner == machine) >= count;
    }

    /// <summary>How many nobody has.</summary>
    public int FreeCount
    {
        get
        {
            lock (_turn) return All.Count(gpu => !_owners.ContainsKey(gpu));
        }
    }

    /// <summary>Notes those that a machine holds which was running before this hub.</summary>
    public void Hold(string machine, IReadOnlyList<int> gpus)
    {
        lock (_turn)
        {
            foreach (var gpu in gpus) _owners[gpu] = machine;
        }
    }

    /// <summary>Gives back all that a machine holds.</summary>
    public void Release(string machine)
    {
        lock (_turn)
        {
            foreach (var gpu in _owners.Where(pair => pair.Value == machine).Select(pair => pair.Key).ToArray()) _owners.Remove(gpu);
        }
    }

    private static IEnumerable<int> Devices() => Directory.EnumerateFiles("/dev", "nvidia*")
        .Select(path => int.TryParse(Path.GetFileName(path)["nvidia".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1)
        .Where(index => index >= 0).Order();
}
