namespace Holdfast.Notebooks.Cleaning;

/// <summary>
/// What a project says about its notebooks. The nearest folder upwards that says something counts, and in it the first of
/// <c>.holdfast.yaml</c>, <c>[tool.holdfast]</c> of <c>pyproject.toml</c>, and nbdev's <c>[tool.nbdev]</c> and <c>settings.ini</c>. All
/// use nbdev's names. The search ends at the root of the git repository.
/// </summary>
public sealed class ProjectSettings
{
    private readonly Dictionary<string, string[]> _values;

    private ProjectSettings(string? file, Dictionary<string, string[]> values) => (File, _values) = (file, values);

    /// <summary>No settings.</summary>
    public static ProjectSettings None { get; } = new(null, []);

    /// <summary>The file that they come from; null when there is none.</summary>
    public string? File { get; }

    /// <summary>The settings for notebooks in a folder.</summary>
    /// <exception cref="IOException">A file of settings cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A file of settings may not be read.</exception>
    public static ProjectSettings For(string folder)
    {
        for (var place = new DirectoryInfo(Path.GetFullPath(folder)); place is not null; place = place.Parent)
        {
            if (In(place.FullName) is { } found)
                return found;
            if (Path.Exists(Path.Join(place.FullName, ".git")))
                break;
        }
        return None;
    }

    /// <summary>A setting that is one text; null when it is not there.</summary>
    public string? Text(string name) => _values.TryGetValue(name, out var value) ? string.Join(' ', value) : null;

    /// <summary>A setting that is yes or no; null when it is not there or neither.</summary>
    public bool? Flag(string name) => Text(name)?.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "1" or "ON" => true,
        "FALSE" or "NO" or "0" or "OFF" => false,
        _ => null,
    };

    /// <summary>A setting that is a list, or words with spaces between them as in <c>settings.ini</c>; empty when it is not there.</summary>
    public IReadOnlyList<string> List(string name) => !_values.TryGetValue(name, out var value) ? []
        : value is [var one] ? one.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) : value;

    private static ProjectSettings? In(string folder)
    {
        (string Name, string? Section, char Separator)[] places =
        [
            (".holdfast.yaml", null, ':'),
            ("pyproject.toml", "tool.holdfast", '='),
            ("pyproject.toml", "tool.nbdev", '='),
            ("settings.ini", "DEFAULT", '='),
        ];
        foreach (var (name, section, separator) in places)
        {
            var path = Path.Join(folder, name);
            if (System.IO.File.Exists(path) && SettingsText.Read(System.IO.File.ReadAllText(path), section, separator) is { } values)
                return new ProjectSettings(path, values);
        }
        return null;
    }
}
