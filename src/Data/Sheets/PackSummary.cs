namespace Holdfast.Data;

/// <summary>A class of a pack.</summary>
/// <param name="Label">Empty for the images without one.</param>
/// <param name="Count">Its images.</param>
/// <param name="Train">Of them, for training.</param>
/// <param name="Valid">Of them, for validation.</param>
public sealed record ClassSummary(string Label, int Count, int Train, int Valid);

/// <summary>Files with the same bytes.</summary>
/// <param name="Sha256">Of each.</param>
/// <param name="Keys">Two or more.</param>
/// <param name="Labels">What they are called; more than one says that one of them is wrong.</param>
/// <param name="Leaks">Whether one is for training and another for validation, so that what is measured was seen before.</param>
public sealed record DuplicateGroup(string Sha256, IReadOnlyList<string> Keys, IReadOnlyList<string> Labels, bool Leaks);

/// <summary>A size that originals have.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Count">Images of it.</param>
public sealed record SizeSummary(int Width, int Height, int Count);

/// <summary>What is in a pack, counted.</summary>
/// <param name="Classes">By number of images, the largest first.</param>
/// <param name="Sizes">By number of images, the most frequent first.</param>
/// <param name="Duplicates">By their first key.</param>
public sealed record PackSummary(IReadOnlyList<ClassSummary> Classes, IReadOnlyList<SizeSummary> Sizes, IReadOnlyList<DuplicateGroup> Duplicates)
{
    /// <summary>Counts.</summary>
    public static PackSummary Of(IReadOnlyList<ManifestRow> rows) => new(
        [.. rows.GroupBy(row => row.Label, StringComparer.Ordinal).Select(group => new ClassSummary(group.Key, group.Count(), group.Count(row => row.Split == Splitter.Train), group.Count(row => row.Split == Splitter.Valid)))
            .OrderByDescending(one => one.Count).ThenBy(one => one.Label, StringComparer.Ordinal)],
        [.. rows.GroupBy(row => (row.Width, row.Height)).Select(group => new SizeSummary(group.Key.Width, group.Key.Height, group.Count())).OrderByDescending(size => size.Count).ThenBy(size => (size.Width, size.Height))],
        [.. rows.GroupBy(row => row.Sha256, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => new DuplicateGroup(group.Key, [.. group.Select(row => row.Key)], [.. group.Select(row => row.Label).Distinct(StringComparer.Ordinal)], group.Any(row => row.Split == Splitter.Train) && group.Any(row => row.Split == Splitter.Valid)))
            .OrderBy(group => group.Keys[0], StringComparer.Ordinal)]);
}
