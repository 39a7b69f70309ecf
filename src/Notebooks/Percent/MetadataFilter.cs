namespace Holdfast.Notebooks.Percent;

/// <summary>Which metadata stands in a script, as jupytext has it: its defaults, and what the notebook's jupytext section says (<c>+tags,-scrolled</c>, <c>-all</c>, <c>all</c>).</summary>
internal sealed class MetadataFilter
{
    private static readonly string[] OfNotebooks = ["jupytext", "kernelspec", "org_babel", "kernel_info", "orphan", "tocdepth"];

    // How a page shows a cell, and what jupytext keeps for itself.
    private static readonly string[] NotOfCells =
    [
        "autoscroll", "collapsed", "scrolled", "trusted", "execution", "ExecuteTime", "skipline", "noskipline", "cell_marker", "lines_to_next_cell", "lines_to_end_of_cell_marker",
    ];

    private readonly bool _ofCells;
    private readonly List<string> _in = [];
    private readonly List<string> _out = [];

    private MetadataFilter(string? said, bool ofCells)
    {
        _ofCells = ofCells;
        foreach (var word in (said ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (word[0] == '-') _out.Add(word[1..].Trim());
            else _in.Add(word.TrimStart('+').Trim());
        }
    }

    public static MetadataFilter ForNotebook(string? said) => new(said, ofCells: false);

    public static MetadataFilter ForCells(string? said) => new(said, ofCells: true);

    public PercentMetadata Kept(PercentMetadata all)
    {
        var kept = new PercentMetadata();
        foreach (var (key, json) in all.Members)
        {
            if (IsKept(key) && !(_ofCells && key == "tags" && json is [(byte)'[', (byte)']'])) kept.Set(key, json);
        }

        return kept;
    }

    private bool IsKept(string key)
    {
        if (key.Length == 0 || !key.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '_' or '.' or '-' or '@' or '/')) return false;
        if (_in.Contains("all")) return !_out.Contains(key);
        if (_out.Contains("all")) return _in.Contains(key);
        if (_out.Contains(key)) return false;
        return _in.Contains(key) || (_ofCells ? !NotOfCells.Contains(key) : OfNotebooks.Contains(key));
    }
}
