namespace Holdfast.Lab.Recording;

/// <summary>How much of an execution's streams is shown.</summary>
/// <param name="Whole">Up to this many bytes all of it.</param>
/// <param name="Head">Of more, so much of the beginning.</param>
/// <param name="Tail">And so much of the end.</param>
internal sealed record OutputLimit(long Whole, long Head, long Tail)
{
    /// <summary>In the notebook's file.</summary>
    public static OutputLimit File { get; } = new(10_000_000, 2_000_000, 2_000_000);

    /// <summary>On a page.</summary>
    public static OutputLimit Page { get; } = new(2_000_000, 1_000_000, 64_000);
}
