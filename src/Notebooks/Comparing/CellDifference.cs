namespace Holdfast.Notebooks.Comparing;

/// <summary>How the outputs of a cell differ.</summary>
public enum OutputsChange
{
    /// <summary>They are the same, or there are none on either side.</summary>
    None,

    /// <summary>There were some, and there are none any more.</summary>
    Cleared,

    /// <summary>They are others, or new.</summary>
    Changed,
}

/// <summary>A cell in two versions of a notebook.</summary>
/// <param name="Before">Its number in the earlier one, from 0; null when it is new.</param>
/// <param name="After">Its number in the later one, from 0; null when it is gone.</param>
/// <param name="Source">Whether its type or its source differs.</param>
/// <param name="Outputs">How its outputs differ.</param>
/// <param name="Rest">Whether anything else does: its count, its metadata, attachments.</param>
public sealed record CellDifference(int? Before, int? After, bool Source, OutputsChange Outputs, bool Rest)
{
    /// <summary>Whether nothing differs.</summary>
    public bool IsSame => Before is not null && After is not null && !Source && Outputs == OutputsChange.None && !Rest;
}
