using System.Globalization;

namespace Holdfast.Data;

/// <summary>How often each image of a pack is to be drawn, relative to the others.</summary>
public static class WeightTable
{
    private const int Named = 3;

    /// <summary>What is wrong with a weight; null when it is one.</summary>
    internal static string? Problem(double weight) => double.IsNaN(weight) ? "is not a number" : double.IsInfinity(weight) ? "is infinite" : weight < 0 ? "is negative" : null;

    /// <summary>
    /// The number of images of the same label to the power given: -0.5 draws rare classes more often, -1 all classes equally often, 0 each image
    /// equally often. An image without a label is a fault.
    /// </summary>
    public static DataResult<double[]> ByCount(IReadOnlyList<ManifestRow> rows, double power)
    {
        if (rows.FirstOrDefault(row => row.Label.Length == 0) is { } bare) return new DataFault($"{bare.Key} has no label, so it is in no class to count. Give labels when packing (--labels FILE.csv), or weights: --from FILE.csv");
        var counts = rows.CountBy(row => row.Label).ToDictionary();
        return rows.Select(row => Math.Pow(counts[row.Label], power)).ToArray();
    }

    /// <summary>Weights from a table, by key: its order does not matter. Every image must be in it, and it must have no other keys.</summary>
    public static DataResult<double[]> FromTable(IReadOnlyList<ManifestRow> rows, KeyedTable table)
    {
        var missing = rows.Where(row => !table.Values.ContainsKey(row.Key)).Select(row => row.Key).ToList();
        if (missing.Count > 0) return new DataFault($"{table.Path} has no weight for {missing.Count} of {rows.Count} images: {Names(missing)}. Give each image one; 0 is never drawn.");
        var foreign = table.Values.Keys.Except(rows.Select(row => row.Key), StringComparer.Ordinal).ToList();
        if (foreign.Count > 0) return new DataFault($"{table.Path} has {foreign.Count} keys that the pack does not have: {Names(foreign)}. Keys of this pack are as '{rows[0].Key}'.");
        var weights = new double[rows.Count];
        for (var number = 0; number < rows.Count; number++)
        {
            var (text, line) = table.Values[rows[number].Key];
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out weights[number])) return new DataFault($"{table.Path}:{line}: the weight of '{rows[number].Key}' is '{text}', which is not a number.");
            if (Problem(weights[number]) is { } problem) return new DataFault($"{table.Path}:{line}: the weight of '{rows[number].Key}' is {text}, which {problem}. Weights are numbers from 0.");
        }

        return weights.All(weight => weight == 0) ? new DataFault($"All weights of {table.Path} are 0, so nothing could be drawn.") : weights;
    }

    /// <summary>The weights that a pack has. Every image must have one.</summary>
    public static DataResult<double[]> Stored(IReadOnlyList<ManifestRow> rows)
    {
        var missing = rows.Where(row => row.Weight is null).Select(row => row.Key).ToList();
        return missing.Count == 0 ? rows.Select(row => row.Weight!.Value).ToArray()
            : new DataFault($"{missing.Count} of {rows.Count} images have no weight: {Names(missing)}. 'holdfast data weights PACK --power -0.5' weighs all.");
    }

    internal static string Names(IReadOnlyList<string> names) => string.Join(", ", names.Take(Named)) + (names.Count > Named ? ", …" : "");
}
