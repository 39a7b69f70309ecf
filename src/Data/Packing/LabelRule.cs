using System.Text.RegularExpressions;

namespace Holdfast.Data;

/// <summary>Where the labels of images come from.</summary>
public sealed class LabelRule
{
    private const string OfTable = "table ", OfPattern = "pattern ";

    private readonly Func<string, string, DataResult<string>> _of;
    private readonly KeyedTable? _table;

    private LabelRule(string text, Func<string, string, DataResult<string>> of, KeyedTable? table = null) => (Text, _of, _table) = (text, of, table);

    /// <summary>The name of the folder that an image is in; an image straight in the packed folder has no label. The default.</summary>
    public static LabelRule Folder { get; } = new("folder", (_, path) => Path.GetFileName(Path.GetDirectoryName(path)) ?? "");

    /// <summary>How pack.json says it.</summary>
    public string Text { get; }

    /// <summary>A table with the key in its first column and the label in the column <c>label</c>. An image that it does not have has no label; one of them it must have.</summary>
    public static DataResult<LabelRule> Table(string path)
    {
        var table = KeyedTable.Read(path, "label");
        if (!table.Ok) return table.Fault;
        var values = table.Value.Values;
        return new LabelRule(OfTable + Path.GetFullPath(path), (key, _) => values.GetValueOrDefault(key).Value ?? "", table.Value);
    }

    /// <summary>A pattern whose first group is the label, looked for in the path from the packed folder. An image that it does not fit is a fault.</summary>
    public static DataResult<LabelRule> Pattern(string pattern)
    {
        try
        {
            var regex = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            if (regex.GetGroupNumbers().Length < 2) return new DataFault($"The pattern '{pattern}' has no group: put brackets around what is the label, as in '^([a-z]+)_'.");
            return new LabelRule(OfPattern + pattern, (_, path) => regex.Match(path) is { Success: true } match
                ? match.Groups[1].Value : new DataFault($"The pattern '{pattern}' does not fit {path}. Mend the pattern, or take the labels from a table: --labels FILE.csv"));
        }
        catch (ArgumentException e)
        {
            return new DataFault($"The pattern '{pattern}' is not understood: {e.Message}");
        }
    }

    /// <summary>The rule that a pack.json names.</summary>
    internal static DataResult<LabelRule> Named(string text)
    {
        var rule = text.StartsWith(OfTable, StringComparison.Ordinal) ? Table(text[OfTable.Length..]) : text.StartsWith(OfPattern, StringComparison.Ordinal) ? Pattern(text[OfPattern.Length..]) : Folder;
        return rule.Ok ? rule : new DataFault($"{rule.Fault.Message} The labels of this pack come from there; say anew where from: --labels FILE.csv, --label-pattern REGEX, or --labels folder for names of folders.");
    }

    /// <summary>Why it cannot be for images of these keys; null when it can.</summary>
    internal DataFault? Refuse(IReadOnlyList<string> keys) => _table is not { Values: var values } || keys.Any(values.ContainsKey) ? null
        : new DataFault($"{_table.Path} has a label for none of the {keys.Count} images. Its keys are {(values.Count == 0 ? "none" : $"as '{values.Keys.First()}'")}, those of the images as '{keys[0]}'. The first column must hold these; --key says whether they are names or paths, and --labels folder takes names of folders as labels.");

    internal DataResult<string> Of(string key, string path) => _of(key, path);
}
