namespace Holdfast.Hub.Loss;

/// <summary>What of a machine's ephemeral layer a stop would destroy. What a rule leaves out (caches, logs, what the hub made) is in none of the groups.</summary>
/// <param name="Time">When it was looked at.</param>
/// <param name="Packages">Installed, upgraded or removed since the start.</param>
/// <param name="Files">Added or changed files and folders that belong to no package, largest first; the first 1000.</param>
/// <param name="MoreFiles">How many more there are.</param>
/// <param name="Settings">Changed below <c>/etc</c>, that belong to no package, and the like.</param>
/// <param name="Size">Bytes of all files, also of those in packages.</param>
public sealed record LossList(
    DateTimeOffset Time, IReadOnlyList<PackageChange> Packages, IReadOnlyList<LostPath> Files, int MoreFiles, IReadOnlyList<LostPath> Settings, long Size)
{
    /// <summary>Whether a stop would destroy nothing.</summary>
    public bool IsEmpty => Packages.Count == 0 && Files.Count == 0 && Settings.Count == 0;
}

/// <summary>A package that is not as it was at the start.</summary>
/// <param name="Source"><c>apt</c>, <c>pip</c>, <c>conda</c> or <c>npm</c>.</param>
/// <param name="Name">As its source has it.</param>
/// <param name="Before">Its version at the start; null when it was not there.</param>
/// <param name="Now">Its version now; null when it was removed.</param>
/// <param name="IsAsked">Whether somebody asked for it, as far as its source tells; no for what came along as a dependency.</param>
public sealed record PackageChange(string Source, string Name, string? Before, string? Now, bool IsAsked);

/// <summary>A file or folder that would be lost.</summary>
/// <param name="Path">Absolute, inside.</param>
/// <param name="Size">Bytes, of a new folder those of all in it.</param>
/// <param name="IsNew">Whether it was not there at the start.</param>
public sealed record LostPath(string Path, long Size, bool IsNew);
