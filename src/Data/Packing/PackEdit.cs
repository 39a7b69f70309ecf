using Holdfast.Data.Packing;

namespace Holdfast.Data;

/// <summary>Changes what a pack says of its images, while nobody else writes it. The pixels stay.</summary>
public static class PackEdit
{
    /// <summary>Gives each row its weight. Readers see all of them or none.</summary>
    public static DataFault? SetWeights(string pack, Func<IReadOnlyList<ManifestRow>, DataResult<double[]>> weights) => Change(pack, weights, (row, weight) => row with { Weight = weight });

    /// <summary>Puts each row into a part. Readers see all of them or none.</summary>
    public static DataFault? SetSplits(string pack, Func<IReadOnlyList<ManifestRow>, DataResult<string[]>> splits) => Change(pack, splits, (row, split) => row with { Split = split });

    private static DataFault? Change<T>(string pack, Func<IReadOnlyList<ManifestRow>, DataResult<T[]>> values, Func<ManifestRow, T, ManifestRow> change)
    {
        var opened = PackReader.Open(pack);
        if (!opened.Ok) return opened.Fault;
        opened.Value.Dispose();
        try
        {
            var taken = PackFolder.Take(pack);
            if (!taken.Ok) return taken.Fault;
            using var folder = taken.Value;
            var now = PackReader.Open(pack);
            if (!now.Ok) return now.Fault;
            using var reader = now.Value;
            var given = values(reader.Rows);
            if (!given.Ok) return given.Fault;
            folder.Replace(PackFolder.ManifestName, Manifest.Write(reader.Rows.Zip(given.Value, change)));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new DataFault($"{pack} is as it was: {e.Message}");
        }
    }
}
