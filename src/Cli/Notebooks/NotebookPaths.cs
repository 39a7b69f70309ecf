namespace Holdfast.Cli.Notebooks;

/// <summary>The notebooks that a command line means.</summary>
internal static class NotebookPaths
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <summary>Files as they were named, and for each folder the notebooks in it and below, in order of their paths. Folders whose names begin with a dot (checkpoints, git's own) are left out.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> named) => [.. named.SelectMany(path => Directory.Exists(path) ? In(path) : [path]).Distinct()];

    private static List<string> In(string folder)
    {
        var below = new List<string>();
        foreach (var path in Directory.EnumerateFileSystemEntries(folder, "*", Everything).Order(StringComparer.Ordinal))
        {
            var entry = new FileInfo(path);
            if (!entry.Attributes.HasFlag(FileAttributes.Directory))
            {
                if (path.EndsWith(".ipynb", StringComparison.Ordinal)) below.Add(path);
            }
            else if (entry.Name[0] != '.' && entry.LinkTarget is null)
            {
                below.AddRange(In(path));
            }
        }

        return below;
    }
}
