namespace Holdfast.Notebooks.Percent;

/// <summary>A cell as a script says it.</summary>
internal sealed record PercentCell(string Type, string Source, PercentMetadata Metadata);

/// <summary>All that a script says.</summary>
/// <param name="Metadata">The notebook's.</param>
/// <param name="IsPlain">The script has no header for it.</param>
/// <param name="Cells">In order.</param>
internal sealed record PercentNotebook(PercentMetadata Metadata, bool IsPlain, IReadOnlyList<PercentCell> Cells);
