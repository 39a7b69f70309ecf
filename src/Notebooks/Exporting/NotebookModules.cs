namespace Holdfast.Notebooks.Exporting;

/// <summary>A file of a package.</summary>
/// <param name="Path">Where it goes.</param>
/// <param name="Text">All of it.</param>
/// <param name="Notebooks">The notebooks it is made from.</param>
public sealed record ModuleFile(string Path, string Text, IReadOnlyList<string> Notebooks);

/// <summary>The modules of a package, gathered from notebooks as nbdev 3 does.</summary>
/// <param name="library">The folder of the package.</param>
public sealed class NotebookModules(string library)
{
    private readonly string _library = Path.GetFullPath(library);
    private readonly List<ModulePart> _parts = [];

    /// <summary>Takes the cells to export of a notebook; modules get their parts in the order of these calls. Gives a sentence when that cannot be done.</summary>
    public string? Add(NotebookDocument notebook, string path)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        var (parts, problem) = ModulePart.Of(notebook, path);
        if (problem is not null) return problem;
        foreach (var part in parts.Where(part => part.Creates))
        {
            if (_parts.Find(other => other.Creates && other.Module == part.Module) is { } other)
                return $"{other.Notebook} and {path} both make the module {part.Module}. Give one another name in its '#| default_exp', or let it add cells with '#| export {part.Module}'.";
        }

        _parts.AddRange(parts);
        return null;
    }

    /// <summary>The modules, in the order of their names.</summary>
    public IReadOnlyList<ModuleFile> Files() =>
    [
        .. _parts.GroupBy(part => part.Module).OrderBy(module => module.Key, StringComparer.Ordinal).Select(module =>
        {
            var parts = module.OrderBy(part => !part.Creates).ToList();
            var file = FileOf(module.Key);
            return new ModuleFile(file, ModuleText.Of(parts, file, Package(file)), [.. parts.Select(part => part.Notebook).Distinct()]);
        }),
    ];

    /// <summary>The file <c>_modidx.py</c>: where the documentation of each symbol is.</summary>
    /// <param name="settings">The project.</param>
    public ModuleFile Index(ModuleSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var symbols = new SortedDictionary<string, SortedDictionary<string, (string, string)>>(StringComparer.Ordinal);
        var root = Path.GetDirectoryName(_library)!;
        foreach (var file in Files().Select(module => module.Path).Concat(PythonFiles()).Where(file => !Path.GetFileName(file).StartsWith('_')))
            symbols[Path.ChangeExtension(Path.GetRelativePath(root, file), null).Replace('/', '.')] = new(StringComparer.Ordinal);
        foreach (var part in _parts)
        {
            var file = Path.GetRelativePath(root, FileOf(part.Module));
            var module = Path.ChangeExtension(file, null).Replace('/', '.');
            var page = PageOf(Path.GetRelativePath(settings.Notebooks, Path.GetFullPath(part.Notebook)));
            if (!symbols.TryGetValue(module, out var named)) continue;
            foreach (var name in part.Cells.SelectMany(cell => ModuleNames.Symbols(cell.Source)))
                named[$"{module}.{name}"] = ($"{page}#{name.ToLowerInvariant()}", file);
        }

        return new ModuleFile(Path.Join(_library, "_modidx.py"), ModuleIndex.Text(settings.Index, symbols), [.. _parts.Select(part => part.Notebook).Distinct()]);
    }

    private IEnumerable<string> PythonFiles() =>
        Directory.Exists(_library) ? Directory.EnumerateFiles(_library, "*.py", SearchOption.AllDirectories).Where(file => !file.Contains("/.ipynb_checkpoints/", StringComparison.Ordinal)) : [];

    private string FileOf(string module) => Path.Join(_library, module.Replace('.', '/') + ".py");

    private string Package(string file) => Path.GetRelativePath(Path.GetDirectoryName(_library)!, Path.GetDirectoryName(file)!);

    /// <summary>The page of a notebook: its name in small letters without the number in front.</summary>
    private static string PageOf(string notebook)
    {
        var name = Path.GetFileNameWithoutExtension(notebook).ToLowerInvariant();
        if (name.Length > 0 && char.IsAsciiDigit(name[0]))
        {
            var end = 0;
            while (end < name.Length && char.IsAsciiLetterOrDigit(name[end])) end++;
            if (end < name.Length && name[end] == '_') name = name[(end + 1)..];
        }

        return Path.Join(Path.GetDirectoryName(notebook), name + ".html");
    }
}
