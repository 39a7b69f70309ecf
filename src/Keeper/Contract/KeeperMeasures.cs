namespace Holdfast.Keeper.Contract;

/// <summary>What a keeper has done since it started.</summary>
/// <param name="Records">Records written into journals of kernels and terminals.</param>
/// <param name="Bytes">Their bytes in the files.</param>
/// <param name="Syncs">Syncs by how long they took, see <see cref="Journal.JournalMeasures.SyncBounds"/>.</param>
/// <param name="SyncSeconds">How long all syncs took, in seconds.</param>
/// <param name="ResidentBytes">The keeper's memory.</param>
public sealed record KeeperMeasures(long Records, long Bytes, IReadOnlyList<long> Syncs, double SyncSeconds, long ResidentBytes);
