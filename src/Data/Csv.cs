using System.Text;

namespace Holdfast.Data;

/// <summary>Tables as RFC 4180 has them, lines ended by LF; read with CRLF and a byte order mark as well. Python's csv module reads and writes the same.</summary>
internal static class Csv
{
    /// <summary>Reads the rows; of each the line it begins in, counted from 1. Empty lines are no rows.</summary>
    public static IEnumerable<(int Line, string[] Fields)> Read(TextReader text)
    {
        var (fields, field, line, began, isQuoted, wasQuoted) = (new List<string>(), new StringBuilder(), 1, 1, false, false);
        for (var next = text.Read(); ; next = text.Read())
        {
            if (next == '\n') line++;
            if (isQuoted)
            {
                if (next < 0) throw new InvalidDataException($"Line {began}: a quote is opened and never closed.");
                if (next != '"') field.Append((char)next);
                else if (text.Peek() == '"') field.Append((char)text.Read());
                else isQuoted = false;
                continue;
            }

            if (next == '"' && field.Length == 0 && !wasQuoted)
            {
                isQuoted = wasQuoted = true;
            }
            else if (next is ',' or '\n' or < 0)
            {
                if (next != ',' && field is [.., '\r'] && !wasQuoted) field.Length--;
                var isEmptyLine = next != ',' && fields.Count == 0 && field.Length == 0 && !wasQuoted;
                if (!isEmptyLine) fields.Add(field.ToString());
                field.Clear();
                wasQuoted = false;
                if (next == ',') continue;
                if (!isEmptyLine) yield return (began, [.. fields]);
                fields.Clear();
                began = line;
                if (next < 0) yield break;
            }
            else if (next != '\r' || !wasQuoted) field.Append((char)next);
        }
    }

    /// <summary>Appends one row.</summary>
    public static void Append(StringBuilder text, params ReadOnlySpan<string> fields)
    {
        for (var at = 0; at < fields.Length; at++)
        {
            if (at > 0) text.Append(',');
            if (fields[at].AsSpan().IndexOfAny("\",\r\n") < 0) text.Append(fields[at]);
            else text.Append('"').Append(fields[at].Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
        }

        text.Append('\n');
    }
}
