using System.Diagnostics.CodeAnalysis;
using System.Text;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Publishing;

namespace Holdfast.Cli.Notebooks;

/// <summary>The notebooks and Markdown files that a site is made of.</summary>
internal static class SiteSources
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    /// <summary>Their paths from the folder. What begins with a dot or an underscore is left out, but for the folders <c>_notebooks</c> and <c>_posts</c>; links too, and the site itself.</summary>
    public static IReadOnlyList<string> In(string folder, string output)
    {
        var found = new List<string>();
        Add(folder, "");
        return found;

        void Add(string below, string prefix)
        {
            foreach (var path in Directory.EnumerateFileSystemEntries(below, "*", Everything).Order(StringComparer.Ordinal))
            {
                var entry = new FileInfo(path);
                var isFolder = entry.Attributes.HasFlag(FileAttributes.Directory);
                if (entry.LinkTarget is not null || entry.Name[0] == '.' || (entry.Name[0] == '_' && !(isFolder && entry.Name is "_notebooks" or "_posts"))) continue;
                if (!isFolder && entry.Extension is ".ipynb" or ".md") found.Add(prefix + entry.Name);
                else if (isFolder && entry.Name != "node_modules" && entry.FullName != Path.GetFullPath(output).TrimEnd('/')) Add(path, $"{prefix}{entry.Name}/");
            }
        }
    }

    /// <summary>Reads one; false with a sentence that names the file and the fault.</summary>
    public static bool TryRead(string path, [NotNullWhen(true)] out NotebookDocument? notebook, [NotNullWhen(false)] out string? error)
    {
        if (path.EndsWith(".ipynb", StringComparison.Ordinal)) return NotebookFile.TryParse(path, out notebook, out error);
        notebook = NotebookFile.TryRead(path, out var bytes, out error) ? SiteEntry.OfMarkdown(Encoding.UTF8.GetString(bytes)) : null;
        return notebook is not null;
    }
}
