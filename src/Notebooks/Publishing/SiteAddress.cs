namespace Holdfast.Notebooks.Publishing;

/// <summary>Addresses between the pages of a site. All paths have slashes and begin at its root.</summary>
public static class SiteAddress
{
    /// <summary>Where a file that goes along with the pages is put.</summary>
    public static string OfFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var parts = path.Split('/');
        for (var part = 0; part < parts.Length - 1; part++) parts[part] = parts[part].TrimStart('_');
        return string.Join('/', parts);
    }

    /// <summary>The path that a relative one means in a file; null when it leads out of the site.</summary>
    internal static string? Resolve(string from, string relative)
    {
        var parts = new List<string>(from.Split('/')[..^1]);
        foreach (var part in relative.Split('/'))
        {
            if (part is "" or ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count == 0) return null;
            else parts.RemoveAt(parts.Count - 1);
        }

        return string.Join('/', parts);
    }

    /// <summary>The relative address from one page to another.</summary>
    internal static string Relative(string from, string to)
    {
        var (a, b) = (from.Split('/'), to.Split('/'));
        var same = 0;
        while (same < a.Length - 1 && same < b.Length - 1 && a[same] == b[same]) same++;
        return string.Concat(Enumerable.Repeat("../", a.Length - 1 - same)) + string.Join('/', b.Skip(same));
    }

    /// <summary>From a page to the root: nothing, or <c>../</c> for each folder.</summary>
    internal static string Root(string from) => string.Concat(Enumerable.Repeat("../", from.Count(c => c == '/')));

    internal static string Escaped(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}

/// <summary>The order of a table of contents: an index before the rest of its folder, names by the numbers they begin with, then by their letters.</summary>
internal sealed class SitePathOrder : IComparer<string>
{
    public static SitePathOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        var (a, b) = (x!.Split('/'), y!.Split('/'));
        for (var part = 0; part < a.Length && part < b.Length; part++)
        {
            var order = Rank(a, part).CompareTo(Rank(b, part));
            if (order == 0) order = Number(a[part]).CompareTo(Number(b[part]));
            if (order == 0) order = string.Compare(a[part], b[part], StringComparison.OrdinalIgnoreCase);
            if (order == 0) order = string.CompareOrdinal(a[part], b[part]);
            if (order != 0) return order;
        }

        return a.Length.CompareTo(b.Length);
    }

    private static int Rank(string[] path, int part) => part == path.Length - 1 && SiteEntry.UrlOf(path[part]) == "index.html" ? 0 : 1;

    private static long Number(string name)
    {
        var digits = 0;
        while (digits < name.Length && digits < 17 && char.IsAsciiDigit(name[digits])) digits++;
        return digits == 0 ? long.MaxValue : long.Parse(name.AsSpan(0, digits), System.Globalization.CultureInfo.InvariantCulture);
    }
}
