using Holdfast.Hub.Loss;

namespace Holdfast.Hub.Pages;

/// <summary>How pages show a loss list.</summary>
internal static class LossParts
{
    private const int MostRows = 50;

    /// <summary>The list; nothing for null.</summary>
    /// <param name="list">The list.</param>
    /// <param name="keep">The machine whose files can be kept by a button; null for none.</param>
    public static Html List(LossList? list, string? keep = null)
    {
        if (list is null) return Html.Empty;
        if (list.IsEmpty) return $"<p>Nothing: everything in this machine is on storage, in the home or in the image.</p>";
        return $"""
            <div class="scroll" tabindex="0"><table>
            {Html.If(list.Packages.Count > 0, $"""<thead><tr><th scope="col">Packages</th><th scope="col" class="n">Version</th>{End(keep)}</tr></thead><tbody>{list.Packages.OrderByDescending(package => package.IsAsked).Take(MostRows).Select(package => Package(package, keep))}{More(list.Packages.Count)}</tbody>""")}
            {Html.If(list.Files.Count > 0, $"""<thead><tr><th scope="col">Files</th><th scope="col" class="n">Size</th>{End(keep)}</tr></thead><tbody>{list.Files.Take(MostRows).Select(path => File(path, keep))}{More(list.Files.Count + list.MoreFiles)}</tbody>""")}
            {Html.If(list.Settings.Count > 0, $"""<thead><tr><th scope="col">Settings</th><th scope="col" class="n">Size</th>{End(keep)}</tr></thead><tbody>{list.Settings.Take(MostRows).Select(path => File(path, keep))}{More(list.Settings.Count)}</tbody>""")}
            </table></div>
            """;
    }

    private static Html Package(PackageChange package, string? keep) => $"""
        <tr><td>{package.Source} <b>{package.Name}</b>{Html.If(!package.IsAsked, Html.Trusted(" <span class=\"hint\">came along</span>"))}</td><td class="n">{Versions(package)}</td>{End(keep)}</tr>
        """;

    /// <summary>A cell above the buttons, where there are any.</summary>
    private static Html End(string? keep) => Html.If(keep is not null, Html.Trusted("<td></td>"));

    public static string Versions(PackageChange package) => (package.Before, package.Now) switch
    {
        (null, var now) => now ?? "",
        (var before, null) => $"{before} removed",
        var (before, now) => $"{before} → {now}",
    };

    private static Html File(LostPath path, string? keep) => $"""
        <tr><td><code class="path">{path.Path}</code>{Html.If(!path.IsNew, Html.Trusted(" <span class=\"hint\">changed</span>"))}</td><td class="n">{Words.Size(path.Size)}</td>{Html.If(keep is not null, $"""<td><form method="post" action="/machines/{keep}/keep"><input type="hidden" name="path" value="{path.Path}"><button aria-label="Keep {path.Path}">Keep</button></form></td>""")}</tr>
        """;

    private static Html More(int count) => Html.If(count > MostRows, $"""<tr><td colspan="2" class="hint">and {count - MostRows} more</td></tr>""");
}
