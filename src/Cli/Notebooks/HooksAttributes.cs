namespace Holdfast.Cli.Notebooks;

/// <summary>Our lines in a file of git attributes. What else is in it is not touched, and taking them out gives the file back byte for byte.</summary>
internal static class HooksAttributes
{
    private const string Begin = "# holdfast nb install-hooks", End = "# holdfast end";
    // How the file was before, which the block must tell to be taken out without a trace.
    private const string NewFile = " (new file)", OpenLine = " (after a line without an end)";

    private const string Line = "*.ipynb filter=holdfast diff=holdfast merge=holdfast";

    public static void Add(string path)
    {
        Remove(path);
        var isThere = File.Exists(path);
        var text = isThere ? File.ReadAllText(path) : "";
        var isOpen = text.Length > 0 && !text.EndsWith('\n');
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        FileReplacement.Write(path, System.Text.Encoding.UTF8.GetBytes($"{text}{(isOpen ? "\n" : "")}{Begin}{(isOpen ? OpenLine : isThere ? "" : NewFile)}\n{Line}\n{End}\n"));
    }

    /// <summary>Takes the lines out; false when they are not there.</summary>
    public static bool Remove(string path)
    {
        if (!File.Exists(path)) return false;
        var text = File.ReadAllText(path);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = begin < 0 ? -1 : text.IndexOf(End + "\n", begin, StringComparison.Ordinal);
        if (end < 0) return false;
        var head = text[begin..text.IndexOf('\n', begin)];
        var rest = text[(end + End.Length + 1)..];
        // Whoever wrote behind our lines wants the line before them to stay whole.
        var kept = head.EndsWith(OpenLine, StringComparison.Ordinal) && rest.Length == 0 ? text[..(begin - 1)] : text[..begin];
        if (kept.Length + rest.Length == 0 && head.EndsWith(NewFile, StringComparison.Ordinal)) File.Delete(path);
        else FileReplacement.Write(path, System.Text.Encoding.UTF8.GetBytes(kept + rest));
        return true;
    }
}
