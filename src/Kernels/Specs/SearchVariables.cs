namespace Holdfast.Kernels.Specs;

/// <summary>The environment variables that decide where kernels are searched; an empty one counts as not set.</summary>
internal sealed class SearchVariables(IReadOnlyDictionary<string, string> environment)
{
    public string? this[string name] => environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    public IReadOnlyDictionary<string, string> All => environment;

    public string Home => this["HOME"] ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>A list of folders as PATH is one; entries that are not absolute are left out.</summary>
    public IEnumerable<string> Folders(string name) =>
        (this[name] ?? "").Split(Path.PathSeparator).Where(Path.IsPathFullyQualified).Select(Path.TrimEndingDirectorySeparator);

    /// <summary>Null when it is not set, else false for no, n, false, off, 0 and 0.0 (jupyter_core paths.py, <c>envset</c>).</summary>
    public bool? Flag(string name) => this[name] is { } value
        ? value.ToLowerInvariant() is not ("no" or "n" or "false" or "off" or "0" or "0.0")
        : null;
}
