using System.Globalization;
using System.Text;

namespace Holdfast.Data;

/// <summary>A row of a pack's manifest; its number is the image's in <c>pixels.npy</c>.</summary>
/// <param name="Key">Unique in the pack.</param>
/// <param name="Path">From the packed folder, with slashes.</param>
/// <param name="Label">Empty when it has none.</param>
/// <param name="Split"><c>train</c>, <c>valid</c>, or empty while it is in no part.</param>
/// <param name="Weight">How often it is to be drawn, relative to the others; null while none was given.</param>
/// <param name="Width">Columns of the file's image, upright.</param>
/// <param name="Height">Rows of the file's image, upright.</param>
/// <param name="Sha256">Of the file, in lower-case hexadecimal digits.</param>
public sealed record ManifestRow(string Key, string Path, string Label, string Split, double? Weight, int Width, int Height, string Sha256);

/// <summary><c>manifest.csv</c>.</summary>
internal static class Manifest
{
    private const int Columns = 8;
    private const string Head = "key,path,label,split,weight,width,height,sha256";

    public static byte[] Write(IEnumerable<ManifestRow> rows)
    {
        var text = new StringBuilder(Head).Append('\n');
        foreach (var row in rows)
        {
            Csv.Append(text, row.Key, row.Path, row.Label, row.Split, row.Weight?.ToString("R", CultureInfo.InvariantCulture) ?? "",
                row.Width.ToString(CultureInfo.InvariantCulture), row.Height.ToString(CultureInfo.InvariantCulture), row.Sha256);
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <exception cref="InvalidDataException">The file is no manifest.</exception>
    public static List<ManifestRow> Read(string path)
    {
        using var reader = new StreamReader(path, Encoding.UTF8);
        var rows = new List<ManifestRow>();
        foreach (var (line, fields) in Csv.Read(reader))
        {
            if (line == 1)
            {
                if (string.Join(',', fields) != Head) throw new InvalidDataException($"{path}:1: the columns of a manifest are {Head}.");
                continue;
            }

            double? weight = null;
            if (fields.Length != Columns) throw new InvalidDataException($"{path}:{line}: this row has {fields.Length} fields, not {Columns}.");
            if (fields[4].Length > 0)
            {
                if (!double.TryParse(fields[4], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || WeightTable.Problem(number) is not null)
                    throw new InvalidDataException($"{path}:{line}: the weight of '{fields[0]}' is '{fields[4]}'; it must be a number from 0.");
                weight = number;
            }

            if (!int.TryParse(fields[5], CultureInfo.InvariantCulture, out var width) || !int.TryParse(fields[6], CultureInfo.InvariantCulture, out var height))
                throw new InvalidDataException($"{path}:{line}: width and height are whole numbers, not '{fields[5]}' and '{fields[6]}'.");
            if (fields[3] is not ("" or "train" or "valid")) throw new InvalidDataException($"{path}:{line}: the split is train, valid or empty, not '{fields[3]}'.");
            rows.Add(new ManifestRow(fields[0], fields[1], fields[2], fields[3], weight, width, height, fields[7]));
        }

        return rows;
    }
}
