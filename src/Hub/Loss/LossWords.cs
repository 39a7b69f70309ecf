using System.Globalization;

namespace Holdfast.Hub.Loss;

/// <summary>A loss list in words.</summary>
public static class LossWords
{
    /// <summary><c>2 packages, 1 file and 3 settings (41 MB)</c>; <c>nothing</c> for an empty list.</summary>
    public static string Of(LossList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        var parts = new[] { (list.Packages.Count, "package"), (list.Files.Count + list.MoreFiles, "file"), (list.Settings.Count, "setting") }
            .Where(part => part.Item1 > 0).Select(part => $"{part.Item1} {part.Item2}{(part.Item1 == 1 ? "" : "s")}").ToArray();
        if (parts.Length == 0) return "nothing";
        return $"{(parts.Length == 1 ? parts[0] : $"{string.Join(", ", parts[..^1])} and {parts[^1]}")} ({Bytes(list.Size)})";
    }

    /// <summary>Bytes as people say them, in powers of 1000.</summary>
    private static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 1000 && unit < units.Length - 1; unit++) value /= 1000;
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {units[unit]}");
    }
}
