namespace Holdfast.Notebooks.ThreeWay;

/// <summary>A cell as three notebooks have it.</summary>
/// <param name="Start">Its number where both come from; null when it is new.</param>
/// <param name="Ours">Its number in ours; null when it is not there.</param>
/// <param name="Theirs">Its number in theirs; null when it is not there.</param>
internal sealed record CellTriple(int? Start, int? Ours, int? Theirs);
