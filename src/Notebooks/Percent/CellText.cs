namespace Holdfast.Notebooks.Percent;

/// <summary>The lines of one cell in a script, from its marker on.</summary>
internal static class CellText
{
    public static List<string> Of(NotebookCell cell, PercentLanguage language, MetadataFilter filter, PercentMetadata jupytext)
    {
        var all = PercentMetadata.Of(cell.MetadataJson);
        var metadata = filter.Kept(all);
        var source = cell.Source.Split('\n').ToList();
        var type = cell.Type is "code" or "markdown" ? cell.Type : "raw";
        if (type == "raw" && metadata.Has("active")) type = "code";
        else if (type != "code") return [Marker(type, metadata, language), .. Quoted(source, all, jupytext, language) ?? Comments(source, language)];

        var named = TakeLanguage(source, metadata, language);
        var isActive = !named && IsActive(metadata, language.Extension);
        var magics = new PercentMagics(language, jupytext["comment_magics"] is not [(byte)'f', ..]);
        var lines = magics.Comment(source, out var endsInString);
        if (isActive && endsInString)
        {
            // Such a cell is no program, and would take the following ones into its string.
            metadata.Set("active", "ipynb");
            isActive = false;
        }

        if (!isActive) return [Marker("code", metadata, language), .. Comments(source, language)];
        var first = lines[0];
        var indent = string.IsNullOrWhiteSpace(first) ? "" : first[..^first.AsSpan().TrimStart().Length];
        return [indent + Marker("code", metadata, language), .. lines is [""] ? [] : lines];
    }

    /// <summary>Whether a cell is code where files have this extension: the metadata active, a tag active-ipynb, run_control.frozen.</summary>
    public static bool IsActive(PercentMetadata metadata, string extension)
    {
        if (metadata["run_control"] is { } control && PercentMetadata.Of(control)["frozen"] is [(byte)'t', ..]) return extension == ".ipynb";
        var name = extension.TrimStart('.');
        if (metadata.Texts("tags").FirstOrDefault(tag => tag.StartsWith("active-", StringComparison.Ordinal)) is { } tag) return tag.Split('-').Contains(name);
        return metadata.Text("active") is not { } active || active.Split('.', ',').Contains(name);
    }

    /// <summary>A line of a cell that is text, so that as a comment it begins no cell. <see cref="Unescaped"/> gives it back.</summary>
    public static string Escaped(string line) => IsEscapable(line) ? line.Insert(Indent(line), "\\") : line;

    public static string Unescaped(string line) => line.AsSpan(Indent(line)) is ['\\', ..] && IsEscapable(line) ? line.Remove(Indent(line), 1) : line;

    private static bool IsEscapable(string line) => PercentMarker.IsText(line.AsSpan(Indent(line)).TrimStart('\\'));

    private static int Indent(string line) => line.Length - line.AsSpan().TrimStart().Length;

    private static string Marker(string type, PercentMetadata metadata, PercentLanguage language) => language.Commented(new PercentMarker(type, metadata).ToText());

    private static IEnumerable<string> Comments(List<string> source, PercentLanguage language) => source.Select(line => language.Commented(Escaped(line)));

    /// <summary>The text in three quotes, where the cell or the notebook wants that and they can hold it.</summary>
    private static List<string>? Quoted(List<string> source, PercentMetadata cell, PercentMetadata jupytext, PercentLanguage language)
    {
        var wanted = cell.Text("cell_marker") ?? jupytext.Text("cell_markers");
        if (!language.IsPython || wanted?.TrimStart('r', 'R') is not ("\"\"\"" or "'''")) return null;
        var quotes = wanted[^3..];
        var text = string.Join('\n', source);
        if (text.Contains(quotes, StringComparison.Ordinal) || text.EndsWith('\\') || text.Trim('\n') != text) return null;
        return [(text.Contains('\\', StringComparison.Ordinal) && wanted.Length == 3 ? "r" : wanted[..^3]) + quotes, .. source, quotes];
    }

    /// <summary><c>%%bash -s a</c> becomes metadata; false when the cell has no such line.</summary>
    private static bool TakeLanguage(List<string> source, PercentMetadata metadata, PercentLanguage language)
    {
        if (!source[0].StartsWith(language.CellMagic, StringComparison.Ordinal)) return false;
        var rest = source[0][language.CellMagic.Length..];
        var blank = rest.IndexOf(' ', StringComparison.Ordinal);
        if (!PercentLanguage.IsOfCells(blank < 0 ? rest : rest[..blank])) return false;
        source.RemoveAt(0);
        if (blank >= 0) metadata.Set("magic_args", rest[(blank + 1)..]);
        metadata.Set("language", blank < 0 ? rest : rest[..blank]);
        return true;
    }
}
