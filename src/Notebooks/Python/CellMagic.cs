namespace Holdfast.Notebooks.Python;

/// <summary><c>%%name arguments</c> in the first line: the whole cell is the magic's.</summary>
internal static class CellMagic
{
    /// <summary>The call of the magic, or null where the cell has none; <c>%%name?</c> is a question about it.</summary>
    public static string? Call(List<string> lines)
    {
        if (!lines[0].StartsWith("%%", StringComparison.Ordinal) || IsQuestion(lines[0])) return null;
        var (name, arguments) = PythonText.Partition(PythonText.TrimEnd(lines[0].AsSpan(2)).ToString());
        var body = string.Concat(lines.Skip(1));
        return $"get_ipython().run_cell_magic({PythonText.Quote(name)}, {PythonText.Quote(arguments)}, {PythonText.Quote(body)})\n";
    }

    private static bool IsQuestion(string line)
    {
        var at = 2;
        while (at < line.Length && PythonText.WordLength(line, at) is > 0 and var length) at += length;
        return at > 2 && at < line.Length && line[at] == '?';
    }
}
