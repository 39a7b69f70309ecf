using Holdfast.Hub.Database;

namespace Holdfast.Hub.Points;

/// <summary>The kept layers that machines begin with: the one that the next start takes, once, and that of the present run.</summary>
internal sealed class MachineLayers(HubDatabase database)
{
    /// <summary>The layer that the next start begins with; null for a fresh one.</summary>
    public string? Next(string machine) => database.Value("SELECT next FROM machine_layers WHERE machine = $machine", ("$machine", machine)) as string;

    /// <summary>The layer that the last start began with; null for a fresh one.</summary>
    public string? Now(string machine) => database.Value("SELECT now FROM machine_layers WHERE machine = $machine", ("$machine", machine)) as string;

    /// <summary>Wants a layer for the next start; null for a fresh one.</summary>
    public void Want(string machine, string? layer) => database.Execute(
        "INSERT INTO machine_layers VALUES ($machine, $next, NULL) ON CONFLICT (machine) DO UPDATE SET next = $next", ("$machine", machine), ("$next", layer));

    /// <summary>A start has begun with a layer, or failed with it: another one does not take it again.</summary>
    public void Began(string machine, string? layer) => database.Execute(
        "INSERT INTO machine_layers VALUES ($machine, NULL, $now) ON CONFLICT (machine) DO UPDATE SET next = NULL, now = $now", ("$machine", machine), ("$now", layer));
}
