using System.Collections.Frozen;

namespace Holdfast.Notebooks.Cleaning;

/// <summary>What cleaning leaves in a notebook. The defaults are those of nbdev 3 (<c>clean_nb</c>), and tags stay.</summary>
public sealed record CleanRules
{
    /// <summary>Keys of the notebook's metadata that stay.</summary>
    public IReadOnlySet<string> NotebookKeys { get; init; } = Keys("kernelspec", "jekyll", "jupytext", "doc", "widgets", "nbdev");

    /// <summary>Keys of a cell's metadata that stay.</summary>
    public IReadOnlySet<string> CellKeys { get; init; } = Keys("hide_input", "nbdev", "tags", CleanTags.KeepOutput);

    /// <summary>Keys of an output's metadata that stay.</summary>
    public IReadOnlySet<string> OutputKeys { get; init; } = Keys();

    /// <summary>Whether memory addresses in texts stay (nbdev's <c>clean_ids = False</c>). Ids of cells always do.</summary>
    public bool KeepIds { get; init; }

    /// <summary>Whether outputs go, but those of cells tagged <c>keep_output</c>; the state of widgets, which belongs to them, goes too.</summary>
    public bool StripOutputs { get; init; }

    /// <summary>Whether all outputs and all metadata of cells go (nbdev's <c>clear_all</c>).</summary>
    public bool ClearAll { get; init; }

    /// <summary>The default rules with what a project's settings change in them.</summary>
    public static CleanRules From(ProjectSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var rules = new CleanRules();
        return rules with
        {
            NotebookKeys = Keys([.. rules.NotebookKeys, .. settings.List("allowed_metadata_keys")]),
            CellKeys = Keys([.. rules.CellKeys, .. settings.List("allowed_cell_metadata_keys")]),
            OutputKeys = Keys([.. settings.List("allowed_out_metadata_keys")]),
            KeepIds = settings.Flag("clean_ids") is false,
            StripOutputs = settings.Flag("strip_outputs") is true,
            ClearAll = settings.Flag("clear_all") is true,
        };
    }

    private static FrozenSet<string> Keys(params string[] keys) => keys.ToFrozenSet(StringComparer.Ordinal);
}
