namespace Holdfast.Hub.Pages.Charts;

/// <summary>Values over time, one curve of a chart.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Points">In order of time.</param>
internal sealed record Series(string Name, IReadOnlyList<(DateTimeOffset Time, double Value)> Points);
