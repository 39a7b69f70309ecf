using System.Text.Json.Serialization;

namespace Holdfast.Hub.Points;

/// <summary>The environment of a machine as it was at one moment: what was installed in its owner's home and in its system.</summary>
/// <param name="Id"><c>p</c> and a number, one of its kind in the hub.</param>
/// <param name="Time">When it was taken.</param>
/// <param name="Machine">The name of the machine in which; it may be deleted since.</param>
/// <param name="IsHere">Whether that is the machine that was asked about: only then its system is a part of it.</param>
/// <param name="Why">What it was taken for.</param>
/// <param name="Words">What was installed, what somebody noted, where to it went back; empty for nothing.</param>
/// <param name="Packages">How many packages are installed in it, home's and the system's.</param>
/// <param name="HasHome">Whether home's package folders can be brought back.</param>
/// <param name="System">Whether the machine's system can be.</param>
/// <param name="Frees">Bytes on the disk that removing it alone would free, about.</param>
/// <param name="LeftOut">What is not in it, and why: a sentence each.</param>
public sealed record EnvironmentPoint(
    string Id, DateTimeOffset Time, string Machine, bool IsHere, PointWhy Why, string Words, int Packages, bool HasHome, SystemPart System, long Frees, IReadOnlyList<string> LeftOut);

/// <summary>What a point was taken for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PointWhy>))]
public enum PointWhy
{
    /// <summary>The machine was started.</summary>
    [JsonStringEnumMemberName("start")] Start,
    /// <summary>Something was installed or removed: it is as it was after that, and before the next.</summary>
    [JsonStringEnumMemberName("install")] Install,
    /// <summary>Somebody asked for it.</summary>
    [JsonStringEnumMemberName("asked")] Asked,
    /// <summary>Somebody went back to another one: it is as it was before, or after that.</summary>
    [JsonStringEnumMemberName("back")] Back,
    /// <summary>A job was submitted that runs in it.</summary>
    [JsonStringEnumMemberName("job")] Job,
}

/// <summary>What a point has of the machine's system, which is what lies outside of the volumes.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SystemPart>))]
public enum SystemPart
{
    /// <summary>Nothing: it was of another machine, the machine did not run, or it was left out.</summary>
    [JsonStringEnumMemberName("none")] None,
    /// <summary>Nothing was changed in it: it is as the image has it.</summary>
    [JsonStringEnumMemberName("fresh")] Fresh,
    /// <summary>The ephemeral layer is kept.</summary>
    [JsonStringEnumMemberName("kept")] Kept,
}

/// <summary>The points of a machine.</summary>
/// <param name="Points">The newest first. Those of the owner's other machines are among them as far as their home is in none of this machine's.</param>
/// <param name="Size">Bytes on the disk that all points of the owner take, about.</param>
/// <param name="MostSize">How many they may take; the oldest go first.</param>
/// <param name="Most">How many points a machine may have.</param>
public sealed record PointList(IReadOnlyList<EnvironmentPoint> Points, long Size, long MostSize, int Most);

/// <summary>How two points, or a point and now, differ.</summary>
/// <param name="From">The earlier one; null when nothing differs from now.</param>
/// <param name="To">The later one; null for now.</param>
/// <param name="Packages">What was installed, removed or changed, home's and the system's.</param>
/// <param name="Files">Files of home's package folders; null when that was not asked for, or one of both has none.</param>
/// <param name="SystemDiffers">Whether the machine's system differs; null when nobody could look.</param>
public sealed record PointDiff(EnvironmentPoint? From, EnvironmentPoint? To, IReadOnlyList<PointChange> Packages, FileCounts? Files, bool? SystemDiffers);

/// <summary>A package that is not the same.</summary>
/// <param name="Source"><c>apt</c>, <c>pip</c>, <c>conda</c> or <c>npm</c>.</param>
/// <param name="Name">As its source has it.</param>
/// <param name="Place">Where it is installed: empty for apt, else the site, environment or global folder.</param>
/// <param name="Before">Its version in the earlier; null when it is not there.</param>
/// <param name="After">Its version in the later; null when it is not there.</param>
public sealed record PointChange(string Source, string Name, string Place, string? Before, string? After);

/// <summary>Files that are not the same.</summary>
public sealed record FileCounts(int Added, int Removed, int Changed);

/// <summary>What came of going back.</summary>
/// <param name="Point">The point that it went back to.</param>
/// <param name="Saved">The point of before, by which it can be undone; null when there was nothing to do.</param>
/// <param name="Folders">Folders of home that were exchanged; empty when they were the same.</param>
/// <param name="System">What becomes of the machine's system.</param>
/// <param name="Notes">What else is to be known, a sentence each: kernels to restart, files that could not be brought back.</param>
public sealed record BackDone(EnvironmentPoint Point, string? Saved, IReadOnlyList<string> Folders, SystemBack System, IReadOnlyList<string> Notes);

/// <summary>What becomes of a machine's system when it goes back.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SystemBack>))]
public enum SystemBack
{
    /// <summary>It stays: it is the same, was not asked for, or the point has none.</summary>
    [JsonStringEnumMemberName("stays")] Stays,
    /// <summary>The machine is being started anew with that of the point.</summary>
    [JsonStringEnumMemberName("restarts")] Restarts,
    /// <summary>The machine's next start begins with that of the point.</summary>
    [JsonStringEnumMemberName("next_start")] NextStart,
}
