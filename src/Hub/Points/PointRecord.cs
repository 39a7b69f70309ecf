namespace Holdfast.Hub.Points;

/// <summary>A point as it is kept.</summary>
/// <param name="Number">Its number; 0 before it is kept.</param>
/// <param name="Person">Whose home.</param>
/// <param name="Machine">The machine's id; null when it was deleted.</param>
/// <param name="MachineName">Its name at that time.</param>
/// <param name="Run">Which start of it.</param>
/// <param name="Time">When.</param>
/// <param name="Why">What for.</param>
/// <param name="Words">See <see cref="EnvironmentPoint.Words"/>.</param>
/// <param name="LeftOut">Sentences.</param>
/// <param name="Image">The machine's image; null for the host.</param>
/// <param name="Home">The mark of the tree of home's package folders; null when it was left out.</param>
/// <param name="HomePackages">The hash of a list.</param>
/// <param name="SystemPackages">The hash of a list; null when nobody could look.</param>
/// <param name="LayerMark">Tells one layer from another; empty: as the image has it; null when nobody could look.</param>
/// <param name="Layer">The name by which the engine keeps the layer; null for none.</param>
internal sealed record PointRecord(
    long Number, string Person, string? Machine, string MachineName, int Run, DateTimeOffset Time, PointWhy Why, string Words, IReadOnlyList<string> LeftOut, string? Image,
    string? Home, string HomePackages, string? SystemPackages, string? LayerMark, string? Layer)
{
    public string Id => $"p{Number}";

    /// <summary>What it has of the machine's system.</summary>
    public SystemPart System => LayerMark is "" ? SystemPart.Fresh : Layer is not null ? SystemPart.Kept : SystemPart.None;

    /// <summary>Whether another moment's environment is the same, as far as it was looked at.</summary>
    public bool IsSame(string? home, string? layerMark) => Home == home && LayerMark == layerMark;
}
