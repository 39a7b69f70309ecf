using System.Collections.Concurrent;
using System.CommandLine;
using Holdfast.Notebooks.Publishing;
using Holdfast.Notebooks.Rendering;

namespace Holdfast.Cli.Notebooks;

/// <summary><c>holdfast nb site</c>: a folder of notebooks and Markdown files becomes a static site.</summary>
internal static class SiteVerb
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "The folder with notebooks and Markdown files, in folders as the site shall have them." };
        var output = new Option<string?>("--output", "-o") { Description = "The folder to write. Default _site in DIR.", HelpName = "DIR" };
        var title = new Option<string?>("--title") { Description = "What the site is called. Default the title of its first page, index or README, else the folder's name.", HelpName = "TEXT" };
        var baseUrl = new Option<string>("--base-url") { Description = "Where the site will be, for its feed: https://example.org/notes/ or /notes/. Pages link to each other by relative addresses.", HelpName = "URL", DefaultValueFactory = _ => "/" };
        var command = new Command("site", "Make a static site of a folder of notebooks: documentation or a blog, with contents, search and a feed. Nothing is executed. What is current is left alone, and pages that are no more are removed.") { folder, output, title, baseUrl };
        command.SetAction(parse =>
        {
            var from = parse.GetValue(folder)!;
            if (!Directory.Exists(from)) return Output.Fail(File.Exists(from) ? $"{from} is a file; name the folder that it is in." : $"{from} does not exist.");
            return Make(from, parse.GetValue(output) ?? Path.Join(from, "_site"), parse.GetValue(title), parse.GetValue(baseUrl)!);
        });
        return command;
    }

    private static int Make(string from, string to, string? title, string baseUrl)
    {
        if (Path.GetFullPath(to).TrimEnd('/') == Path.GetFullPath(from).TrimEnd('/')) return Output.Fail("The site cannot be written into the folder that it is made of. Name another folder with -o.");
        var (folder, fault) = SiteFolder.Open(to);
        if (folder is null) return Output.Fail(fault!);

        // 1. What each page says of itself. 2. The pages, each read again: a site need not fit into memory. 3. What they share. 4. What is no more.
        var faults = new ConcurrentDictionary<string, string>();
        var entries = Entries(from, SiteSources.In(from, to), faults);
        var math = MathSetter.OfProgram();
        var options = new SiteOptions(title ?? entries.Find(entry => entry.Url == "index.html")?.Title ?? Path.GetFileName(Path.GetFullPath(from).TrimEnd('/')), baseUrl, math is not null);
        var site = new Site(options, entries);

        var pages = new SitePage?[site.Entries.Count];
        var outcomes = new ConcurrentBag<ExportOutcome>();
        Parallel.For(0, pages.Length, number => pages[number] = Page(from, site, site.Entries[number], folder, faults, outcomes));

        var made = pages.OfType<SitePage>().ToList();
        foreach (var file in made.SelectMany(page => page.Files).Distinct()) outcomes.Add(Copy(from, folder, file));
        foreach (var (url, text) in SiteAssets.Files(made.Exists(page => page.HasFormulas) ? math : null)) outcomes.Add(folder.Write(url, "", ExportFiles.Utf8.GetBytes(text)));
        outcomes.Add(folder.Write(SiteAssets.SearchUrl, "", SiteAssets.Search(made)));
        if (site.Index() is { } index) outcomes.Add(folder.Write("index.html", "", ExportFiles.Utf8.GetBytes(index)));
        if (site.Feed() is { } feed) outcomes.Add(folder.Write(Site.FeedUrl, "", feed));

        var removed = folder.Finish(isWhole: faults.IsEmpty);

        var failed = faults.Values.Concat(outcomes.Where(outcome => outcome.State == "failed").Select(outcome => outcome.Text)).Order(StringComparer.Ordinal).ToList();
        foreach (var text in failed) Output.Fail(text);
        foreach (var outcome in outcomes.Where(outcome => outcome.State == "written").OrderBy(outcome => outcome.Text, StringComparer.Ordinal)) Console.WriteLine($"Written: {outcome.Text}");
        foreach (var url in removed) Console.WriteLine($"Removed: {Path.Join(to, url)}");
        Console.WriteLine($"{Output.Count(made.Count, "page")} in {to}{(failed.Count > 0 ? $", {failed.Count} not made" : "")}");
        return failed.Count > 0 ? 1 : 0;
    }

    private static List<SiteEntry> Entries(string from, IReadOnlyList<string> sources, ConcurrentDictionary<string, string> faults)
    {
        var read = new SiteEntry?[sources.Count];
        Parallel.For(0, read.Length, number =>
        {
            var path = Path.Join(from, sources[number]);
            var entry = SiteSources.TryRead(path, out var notebook, out var error) ? SiteEntry.Of(sources[number], notebook) : null;
            if (entry?.Problem is { } problem) faults[sources[number]] = $"{path}: {problem}";
            else if (entry is null) faults[sources[number]] = error!;
            else read[number] = entry;
        });

        var entries = new List<SiteEntry>();
        foreach (var same in read.OfType<SiteEntry>().GroupBy(entry => entry.Url, StringComparer.Ordinal))
        {
            // A folder may have both an index and a README; the index is the page.
            var ranked = same.OrderBy(entry => Path.GetFileName(entry.Path).StartsWith("readme", StringComparison.OrdinalIgnoreCase)).ToList();
            entries.Add(ranked[0]);
            foreach (var other in ranked.Skip(1).Where(other => !Path.GetFileName(other.Path).StartsWith("readme", StringComparison.OrdinalIgnoreCase)))
                faults[other.Path] = $"{Path.Join(from, other.Path)} and {Path.Join(from, ranked[0].Path)} would be one page, {same.Key}: the first is left out. Rename one of them.";
        }

        return entries;
    }

    private static SitePage? Page(string from, Site site, SiteEntry entry, SiteFolder folder, ConcurrentDictionary<string, string> faults, ConcurrentBag<ExportOutcome> outcomes)
    {
        if (!SiteSources.TryRead(Path.Join(from, entry.Path), out var notebook, out var error))
        {
            faults[entry.Path] = error;
            return null;
        }

        var page = site.Page(entry, notebook, path => LocalFiles.Find(from, path) is not null);
        var outcome = folder.Write(entry.Url, entry.Path, ExportFiles.Utf8.GetBytes(page.Html));
        outcomes.Add(outcome);
        return outcome.State == "failed" ? null : page;
    }

    private static ExportOutcome Copy(string from, SiteFolder folder, string file)
    {
        try
        {
            return folder.Write(SiteAddress.OfFile(file), file, File.ReadAllBytes(Path.Join(from, file)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ExportOutcome(file, "failed", $"{Path.Join(from, file)} cannot be read: {e.Message}");
        }
    }
}
