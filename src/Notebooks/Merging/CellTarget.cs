namespace Holdfast.Notebooks.Merging;

/// <summary>A cell of a notebook after a change.</summary>
/// <param name="Old">Which cell it was in the file; -1 for a new one.</param>
/// <param name="Json">What it holds now; null when it keeps its bytes.</param>
internal readonly record struct CellTarget(int Old, ReadOnlyMemory<byte>? Json)
{
    // Not a conditional expression at the callers: null would turn into empty memory there.
    public static CellTarget Kept(int old) => new(old, null);
}
