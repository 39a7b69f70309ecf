using Holdfast.Hub.Api;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Pages.Charts;
using Holdfast.Hub.People;
using Holdfast.Hub.Storage;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/storage</c>: what the volumes hold, as areas; of one volume its biggest folders and what lies in them.</summary>
internal sealed class StoragePage(Volumes volumes, VolumeUsage usage, HubFolders folders, TimeProvider time)
{
    private const int MostTiles = 40, MostEntries = 500;

    public Task ShowAsync(HttpContext context)
    {
        var caller = context.Caller();
        var asked = context.Request.Query["volume"].ToString();
        if (asked.Length == 0) return AllAsync(context, [.. volumes.Of(caller)]);
        var found = volumes.Find(caller, asked);
        return found.Ok ? OneAsync(context, asked, found.Value, $"/{context.Request.Query["path"].ToString().Trim('/')}") : HubPage.WriteFaultAsync(context, found.Fault);
    }

    public async Task MeasureAsync(HttpContext context)
    {
        var volume = (await Forms.ReadAsync(context)).Field("volume");
        var found = volumes.Find(context.Caller(), volume);
        if (found.Ok)
        {
            await usage.MeasureAsync(found.Value, context.RequestAborted);
            context.SeeOther(Address(volume, "/"));
        }
        else await HubPage.WriteFaultAsync(context, found.Fault);
    }

    private Task AllAsync(HttpContext context, VolumeView[] all)
    {
        var disk = new DriveInfo(folders.Root);
        var (used, free) = (all.Sum(volume => volume.Usage?.Bytes ?? 0), disk.AvailableFreeSpace);
        var tiles = all.SelectMany((volume, at) => Tiles(volume, at % 6 + 1)).ToList();
        return HubPage.WriteAsync(context, "Storage", $"""
            <div class="head"><h1>Storage</h1></div>
            <dl class="figures"><div><dt>Held by what you see</dt><dd>{Words.Size(used)}</dd></div><div><dt>Free on the disk</dt><dd>{Words.Size(free)}<small>of {Words.Size(disk.TotalSize)}</small></dd></div></dl>
            {(tiles.Count > 0
                ? (Html)$"""<section><h2>Where it lies</h2>{Treemap.Draw("Volumes and their folders by what they hold", tiles)}<ul class="key">{all.Select((volume, at) => (Html)$"""<li class="c{at % 6 + 1}">{LineChart.Swatch}{volume.Name}</li>""")}</ul></section>"""
                : Html.Trusted("""<section class="empty"><h2>Nothing is stored yet</h2><p>What lies in /storage, in homes and in /notebooks is drawn here as soon as it was measured.</p></section>"""))}
            <section><h2>Volumes</h2><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Volume</th><th scope="col" class="n">Holds</th><th scope="col">Of its quota</th><th scope="col" class="n">Files</th><th scope="col">Measured</th></tr></thead><tbody>{all.Select(Row)}</tbody></table></div></section>
            """);
    }

    /// <summary>A volume's folders of the first level, and what lies beside them.</summary>
    private static IEnumerable<Treemap.Tile> Tiles(VolumeView volume, int colour)
    {
        if (volume.Usage is not { Bytes: > 0 } held) yield break;
        var tops = held.Folders.Where(folder => !folder.Path.Contains('/', StringComparison.Ordinal)).Take(MostTiles / 4).ToList();
        foreach (var folder in tops) yield return new Treemap.Tile($"{volume.Name}/{folder.Path}", folder.Bytes, Words.Size(folder.Bytes), colour, Address(volume.Name, folder.Path));
        if (held.Bytes - tops.Sum(folder => folder.Bytes) is > 0 and var rest) yield return new Treemap.Tile(volume.Name, rest, Words.Size(rest), colour, Address(volume.Name, ""));
    }

    private Html Row(VolumeView volume) => volume.Usage is not { } held
        ? (Html)$"""<tr><td><a href="{Address(volume.Name, "")}">{volume.Name}</a></td><td class="n">–</td><td></td><td class="n">–</td><td><form method="post" action="/storage/measure"><input type="hidden" name="volume" value="{volume.Name}"><button aria-label="Measure {volume.Name}">Measure</button></form></td></tr>"""
        : $"""
            <tr><td><a href="{Address(volume.Name, "")}">{volume.Name}</a></td><td class="n">{Words.Size(held.Bytes)}</td><td>{(held.Quota is { } quota ? (Html)$"{Bars.Of((double)held.Bytes / quota, held.Bytes >= quota ? "cbad" : held.Bytes > quota * 0.8 ? "cwait" : "c1")}<span class=\"hint\">of {Words.Size(quota)}</span>" : Html.Trusted("<span class=\"hint\">no limit</span>"))}</td><td class="n">{held.Files.ToString("#,0", System.Globalization.CultureInfo.InvariantCulture)}</td><td class="hint">{Words.Ago(held.Measured, time.GetUtcNow())}</td></tr>
            """;

    private Task OneAsync(HttpContext context, string volume, string folder, string path)
    {
        var held = usage.Of(folder);
        var depth = path == "/" ? 0 : path.Count(letter => letter == '/');
        var inner = held?.Folders.Where(each => ($"/{each.Path}".StartsWith(path == "/" ? "/" : $"{path}/", StringComparison.Ordinal)) && each.Path.Count(letter => letter == '/') == depth).ToList() ?? [];
        var entries = VolumeUsage.List(folder, path) ?? [];
        var tiles = inner.Select((each, at) => new Treemap.Tile(Path.GetFileName(each.Path), each.Bytes, Words.Size(each.Bytes), at % 6 + 1, Address(volume, each.Path))).Take(MostTiles).ToList();
        return HubPage.WriteAsync(context, volume, $"""
            <div class="head"><p class="crumb"><a href="/storage">Storage</a> › {Crumbs(volume, path)}</p><h1>{(path == "/" ? volume : Path.GetFileName(path))}</h1><form method="post" action="/storage/measure"><input type="hidden" name="volume" value="{volume}"><button>Measure now</button></form></div>
            {Html.If(held is not null && path == "/", $"""<dl class="figures"><div><dt>Holds</dt><dd>{Words.Size(held?.Bytes ?? 0)}<small>measured {Words.Ago(held?.Measured ?? default, time.GetUtcNow())}</small></dd></div>{Html.If(held?.Quota is not null, $"<div><dt>May hold</dt><dd>{Words.Size(held?.Quota ?? 0)}</dd></div>")}</dl>""")}
            {Html.If(tiles.Count > 0, $"""<section><h2>The biggest folders</h2>{Treemap.Draw($"Folders of {volume} by what they hold", tiles)}</section>""")}
            <section><h2>What lies in it</h2>{(entries.Count == 0 ? Html.Trusted("<p class=\"hint\">Nothing.</p>") : (Html)$"""<div class="scroll" tabindex="0"><table class="same"><thead><tr><th scope="col">Name</th><th scope="col" class="n">Size</th><th scope="col">Changed</th></tr></thead><tbody>{entries.Take(MostEntries).Select(Entry)}</tbody></table></div>{Html.If(entries.Count > MostEntries, $"<p class=\"hint\">and {entries.Count - MostEntries} more</p>")}""")}</section>
            """);

        Html Entry(StoredEntry entry)
        {
            var place = $"{path.TrimEnd('/')}/{entry.Name}";
            var size = entry.Kind == "folder" ? held?.Folders.FirstOrDefault(each => $"/{each.Path}" == place)?.Bytes : entry.Size;
            Html name = entry.Kind == "folder" ? (Html)$"""<a href="{Address(volume, place)}">{entry.Name}/</a>""" : $"{entry.Name}{Html.If(entry.Kind == "link", Html.Trusted(" <span class=\"tag\">link</span>"))}";
            return $"""<tr><td>{name}</td><td class="n">{(size is { } bytes ? Words.Size(bytes) : "")}</td><td class="hint">{Words.Time(entry.Modified)}</td></tr>""";
        }
    }

    private static Html Crumbs(string volume, string path)
    {
        if (path == "/") return Html.Empty;
        var parts = path[1..].Split('/');
        return $"""<a href="{Address(volume, "")}">{volume}</a> › {parts.SkipLast(1).Select((part, at) => (Html)$"""<a href="{Address(volume, string.Join('/', parts[..(at + 1)]))}">{part}</a> › """)}""";
    }

    private static string Address(string volume, string path) =>
        $"/storage?volume={Uri.EscapeDataString(volume)}{(path.Trim('/') is { Length: > 0 } inner ? $"&path={Uri.EscapeDataString(inner)}" : "")}";
}
