namespace Holdfast.Notebooks.Model;

/// <summary>Python's str.splitlines: the lines of a text without their ends.</summary>
internal static class PythonLines
{
    public static IEnumerable<string> Of(string text)
    {
        var start = 0;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] is not ('\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029'))
                continue;
            yield return text[start..at];
            if (text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n')
                at++;
            start = at + 1;
        }
        if (start < text.Length)
            yield return text[start..];
    }
}
