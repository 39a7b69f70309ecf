using Holdfast.Hub.Loss;
using Holdfast.Hub.Loss.Packages;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Recipes;

/// <summary>The folder of a machine's build: what its recipe copies, taken out of the machine as it is when it is recorded.</summary>
/// <param name="folder">The folder on this host.</param>
/// <param name="tree">The machine's root, in which others write.</param>
internal sealed class RecipeFiles(string folder, ForeignTree tree)
{
    /// <summary>Takes a file or folder over, in place of what the build had of that path.</summary>
    /// <param name="path">Absolute, inside.</param>
    /// <param name="place">Where its content is, when a link stands at the path: its kept place on this host.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The path in the build.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public string Take(string path, string? place, CancellationToken cancellationToken)
    {
        var name = $"files{path}";
        var to = Path.Combine(folder, name);
        if (Posix.Status(to) is { } old)
        {
            if (old.IsFolder) Directory.Delete(to, recursive: true);
            else File.Delete(to);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        using var root = Posix.OpenRoot(place is null ? tree.Root : Path.GetDirectoryName(place)!);
        new TreeCopy().Copy(root, place is null ? path[1..] : Path.GetFileName(place), to, cancellationToken);
        return name;
    }

    /// <summary>Takes the installed files of a package of pip's over; null when it is installed as a mere link to a checkout.</summary>
    public (string From, string To)? TakePackage(Package package, string site, CancellationToken cancellationToken)
    {
        if (package.Origin!.StartsWith("-e ", StringComparison.Ordinal)) return null;
        var files = new HashSet<string>();
        PipPackages.AddFiles(tree, [package], files);
        var name = $"packages/{PipPackages.Normal(package.Name)}";
        var to = Path.Combine(folder, name);
        if (Directory.Exists(to)) Directory.Delete(to, recursive: true);
        using var root = Posix.OpenRoot(tree.Root);
        // Scripts outside of the site begin with a line that names their Python: only what is in the site is taken.
        foreach (var file in files.Where(file => ForeignTree.IsIn(file, package.Place) && tree.Status(file) is { IsFile: true }))
        {
            var target = Path.Combine(to, file[(package.Place.Length + 1)..]);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            if (!Path.Exists(target)) new TreeCopy().Copy(root, file[1..], target, cancellationToken);
        }
        return Directory.Exists(to) ? ($"{name}/", $"{site}/") : null;
    }
}
