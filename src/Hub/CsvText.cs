namespace Holdfast.Hub;

/// <summary>Cells of tables for spreadsheets (RFC 4180).</summary>
internal static class CsvText
{
    /// <summary>A text as a cell.</summary>
    public static string Cell(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A text that others made up as a cell, which a spreadsheet is not to take for a formula.</summary>
    public static string ForeignCell(string text) => Cell(text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? $"'{text}" : text);
}
