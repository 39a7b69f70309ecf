namespace Holdfast.Hub.Storage;

/// <summary>How much the volumes hold, measured in the background at no more than 1 % of a core.</summary>
internal sealed class VolumeUsage
{
    /// <summary>What is known of a volume; null when it was not measured yet.</summary>
    /// <param name="folder">Its folder on this host.</param>
    public Usage? Of(string folder) => throw new NotImplementedException();

    /// <summary>Measures now, at full speed.</summary>
    public Task<Usage> MeasureAsync(string folder, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Why nothing should be started on a volume: its quota, or the disk, is (nearly) full, with the mend; null when there is room.</summary>
    public string? Trouble(string folder) => throw new NotImplementedException();
}

/// <summary>How much a volume holds.</summary>
/// <param name="Bytes">Of all files, each link counted once.</param>
/// <param name="Files">How many.</param>
/// <param name="Folders">The largest folders down to the third level, largest first: path below the volume and bytes.</param>
/// <param name="Measured">When it was measured.</param>
/// <param name="Quota">Most bytes that it may hold; null for no limit.</param>
public sealed record Usage(long Bytes, long Files, IReadOnlyList<(string Path, long Bytes)> Folders, DateTimeOffset Measured, long? Quota);
