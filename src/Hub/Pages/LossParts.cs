using System.Globalization;
using Holdfast.Hub.Loss;

namespace Holdfast.Hub.Pages;

/// <summary>How pages show a loss list.</summary>
internal static class LossParts
{
    private const int MostRows = 50;

    /// <summary>The list; nothing for null.</summary>
    public static Html List(LossList? list)
    {
        if (list is null) return Html.Empty;
        if (list.IsEmpty) return $"<p>Nothing: everything in this machine is on storage, in the home or in the image.</p>";
        return $"""
            <div class="wide" tabindex="0"><table>
            {Html.If(list.Packages.Count > 0, $"""<thead><tr><th scope="col">Packages</th><th scope="col" class="n">Version</th></tr></thead><tbody>{list.Packages.OrderByDescending(package => package.IsAsked).Take(MostRows).Select(Package)}{More(list.Packages.Count)}</tbody>""")}
            {Html.If(list.Files.Count > 0, $"""<thead><tr><th scope="col">Files</th><th scope="col" class="n">Size</th></tr></thead><tbody>{list.Files.Take(MostRows).Select(File)}{More(list.Files.Count + list.MoreFiles)}</tbody>""")}
            {Html.If(list.Settings.Count > 0, $"""<thead><tr><th scope="col">Settings</th><th scope="col" class="n">Size</th></tr></thead><tbody>{list.Settings.Take(MostRows).Select(File)}{More(list.Settings.Count)}</tbody>""")}
            </table></div>
            """;
    }

    public static string Size(long bytes) => bytes switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.##} GB"),
    };

    private static Html Package(PackageChange package) => $"""
        <tr><td>{package.Source} <b>{package.Name}</b>{Html.If(!package.IsAsked, Html.Trusted(" <span class=\"hint\">came along</span>"))}</td><td class="n">{(package.Before, package.Now) switch
    {
        (null, var now) => now,
        (var before, null) => $"{before} removed",
        var (before, now) => $"{before} → {now}",
    }}</td></tr>
        """;

    private static Html File(LostPath path) => $"""<tr><td><code>{path.Path}</code>{Html.If(!path.IsNew, Html.Trusted(" <span class=\"hint\">changed</span>"))}</td><td class="n">{Size(path.Size)}</td></tr>""";

    private static Html More(int count) => Html.If(count > MostRows, $"""<tr><td colspan="2" class="hint">and {count - MostRows} more</td></tr>""");
}
