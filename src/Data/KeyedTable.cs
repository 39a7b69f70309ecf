using System.Text;

namespace Holdfast.Data;

/// <summary>A table that says one thing of each key: weights, labels or parts.</summary>
public sealed class KeyedTable
{
    private KeyedTable(string path, string column, IReadOnlyDictionary<string, (string Value, int Line)> values) => (Path, Column, Values) = (path, column, values);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The column that was read.</summary>
    public string Column { get; }

    /// <summary>By key the value, and the line of the file that has it, counted from 1.</summary>
    public IReadOnlyDictionary<string, (string Value, int Line)> Values { get; }

    /// <summary>Reads a CSV file whose first line names its columns. The key is in the first of them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="column">The column of the values; where there is none of that name the file must have two columns, and it is the second.</param>
    public static DataResult<KeyedTable> Read(string path, string column)
    {
        try
        {
            using var reader = new StreamReader(path, Encoding.UTF8);
            using var rows = Csv.Read(reader).GetEnumerator();
            if (!rows.MoveNext()) return new DataFault($"{path} is empty; its first line names the columns: key,{column}.");
            var head = rows.Current.Fields;
            var at = Array.IndexOf(head, column, 1);
            if (at < 0) at = head.Length == 2 ? 1 : -1;
            if (at < 0) return new DataFault($"{path} has no column '{column}' (it has {string.Join(", ", head)}). Name the column so, or leave only the key and it.");
            var values = new Dictionary<string, (string, int)>(StringComparer.Ordinal);
            while (rows.MoveNext())
            {
                var (line, fields) = rows.Current;
                if (fields.Length != head.Length) return new DataFault($"{path}:{line}: this row has {fields.Length} fields, the first line has {head.Length}.");
                if (!values.TryAdd(fields[0], (fields[at], line))) return new DataFault($"{path}:{line}: the key '{fields[0]}' is there twice, first in line {values[fields[0]].Item2}. Leave one.");
            }

            return new KeyedTable(path, head[at], values);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return new DataFault(e is FileNotFoundException or DirectoryNotFoundException ? $"{path} does not exist." : $"{path} cannot be read: {e.Message}");
        }
    }
}
