using Holdfast.Data.Sampling;

namespace Holdfast.Data;

/// <summary>Which images a model is trained on, and which it is measured on.</summary>
public static class Splitter
{
    /// <summary>What the manifest calls the two.</summary>
    public const string Train = "train", Valid = "valid";

    /// <summary>By chance: of a permutation of all images (NumPy's of that seed) the first are for validation, as in fastai's RandomSplitter.</summary>
    /// <param name="count">How many images there are.</param>
    /// <param name="share">For validation, from 0 to below 1; rounded down.</param>
    /// <param name="seed">Of the permutation.</param>
    public static string[] Random(int count, double share, uint seed)
    {
        var splits = Enumerable.Repeat(Train, count).ToArray();
        foreach (var number in new MersenneTwister(seed).Permutation(count).Take((int)(share * count))) splits[number] = Valid;
        return splits;
    }

    /// <summary>From a table, by key, whose values are <c>train</c> and <c>valid</c>. Every image must be in it; other keys are no fault.</summary>
    public static DataResult<string[]> FromTable(IReadOnlyList<ManifestRow> rows, KeyedTable table)
    {
        var splits = new string[rows.Count];
        var missing = rows.Where(row => !table.Values.ContainsKey(row.Key)).Select(row => row.Key).ToList();
        if (missing.Count > 0) return new DataFault($"{table.Path} does not say of {missing.Count} of {rows.Count} images whether they are for training: {WeightTable.Names(missing)}.");
        for (var number = 0; number < rows.Count; number++)
        {
            var (text, line) = table.Values[rows[number].Key];
            if (text is not (Train or Valid)) return new DataFault($"{table.Path}:{line}: '{rows[number].Key}' is '{text}'; it is {Train} or {Valid}.");
            splits[number] = text;
        }

        return splits;
    }
}
