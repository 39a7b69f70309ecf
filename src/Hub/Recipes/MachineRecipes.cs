using Holdfast.Engines.Contract;
using Holdfast.Hub.Database;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Recipes;

/// <summary>The recipe of each machine: recorded from what was installed in it, compared with it, built into an image.</summary>
internal sealed class MachineRecipes(HubOptions options, HubDatabase database, TimeProvider time, KeptPaths kept)
{
    private const int LargestRecipe = 1 << 20;
    private readonly SemaphoreSlim _build = new(1);

    /// <summary>The recipe of a machine; null when none was recorded.</summary>
    public Recipe? Of(string machineId) => database.Query("SELECT text, changed FROM recipes WHERE machine = $machine",
        row => new Recipe(row.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1))), ("$machine", machineId)) is [var recipe] ? recipe : null;

    /// <summary>Puts a text that people have written in the place of the recipe.</summary>
    public HubResult<Recipe> Write(MachineRecord machine, string text)
    {
        if (text.Length > LargestRecipe) return new HubFault("bad-request", $"A recipe has at most {LargestRecipe >> 20} MB.");
        var now = time.GetUtcNow();
        database.Execute("INSERT OR REPLACE INTO recipes VALUES ($machine, $text, $changed)", ("$machine", machine.Id), ("$text", text), ("$changed", now.ToUnixTimeMilliseconds()));
        return new Recipe(text, now);
    }

    /// <summary>
    /// Records what is installed in a running machine and not in its image, in the home too, with exact versions; and files that are chosen, whose content is taken now. A
    /// machine whose image was built from its recipe gets further lines, any other one a new recipe with the files that were recorded before.
    /// </summary>
    /// <param name="machine">Which.</param>
    /// <param name="files">Absolute paths inside that the image shall have; a kept one's content is its kept one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<Recipe>> RecordAsync(MachineRecord machine, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(machine, cancellationToken);
        if (!opened.Ok) return opened.Fault;
        using var tree = opened.Value;
        var home = InsideFolders.HomeOf(machine);
        if (files.FirstOrDefault(path => !path.StartsWith('/') || Path.GetFullPath(path) != path || path.Contains('\n', StringComparison.Ordinal)) is { } bad)
            return new HubFault("bad-request", $"{bad} is no whole path. Write it from the root on, without dots and double slashes.");
        if (files.FirstOrDefault(path => path == "/" || InsideFolders.Of(machine).Any(folder => ForeignTree.IsIn(folder, path))) is { } wide) return new HubFault("bad-request", $"{wide} has volumes in it. Name what lies beside them.");
        // What the kernel says there, it says to this process: more than the machine may know.
        if (files.FirstOrDefault(path => ((string[])["/proc", "/sys", "/dev"]).Any(folder => ForeignTree.IsIn(path, folder))) is { } system) return new HubFault("bad-request", $"{system} is the system's, and no image has it.");
        if (files.FirstOrDefault(path => tree.Status(path) is null) is { } missing) return new HubFault("not-found", $"There is no {missing} in {machine.Spec.Name}.");

        var folder = HubFolders.Make(FolderOf(machine.Id));
        var build = new RecipeFiles(folder, tree);
        var isOwn = machine.Spec.Image?.StartsWith($"{RepositoryOf(machine)}:", StringComparison.Ordinal) == true;
        var before = Of(machine.Id)?.Text;
        var text = isOwn && before is not null ? before
            : RecipeText.From(machine.Spec.Image, machine.Digest) + string.Concat(RecipeText.Copies(before ?? "").Where(copy => Path.Exists(Path.Combine(folder, copy.From))).Select(copy => copy.Line));
        var written = RecipeText.Installs(text);
        var unwritten = Changes(machine, tree).FindAll(change => change.Now is null || !IsWritten(written, change.Package));
        try
        {
            var lines = RecipeText.Lines(unwritten, home, package => build.TakePackage(package, SiteInImage(tree, package, home), cancellationToken))
                + string.Concat(files.Select(path => RecipeText.Copy(build.Take(path, PlaceOf(machine, tree, path), cancellationToken), path))) + RecipeText.Environment(machine.Spec.Environment);
            foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !text.Contains(line, StringComparison.Ordinal))) text += line + "\n";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return new HubFault("unavailable", $"Nothing was recorded: {fault.Message}");
        }
        return Write(machine, text);
    }

    /// <summary>What a running machine and its recipe do not have in common, as far as the recipe's lines name versions.</summary>
    public async Task<HubResult<RecipeDrift>> DiffAsync(MachineRecord machine, CancellationToken cancellationToken) =>
        Of(machine.Id) is { } recipe ? await DriftAsync(machine, recipe.Text, cancellationToken) : NoRecipe(machine);

    /// <summary>The same for a text that is, or would be, its recipe. What was not installed from an index counts when the text does not name where it came from.</summary>
    public async Task<HubResult<RecipeDrift>> DriftAsync(MachineRecord machine, string text, CancellationToken cancellationToken)
    {
        var opened = await OpenAsync(machine, cancellationToken);
        if (!opened.Ok) return opened.Fault;
        using var tree = opened.Value;
        var written = RecipeText.Installs(text);
        var now = PackageList.Read(tree, InsideFolders.HomeOf(machine));
        var installed = now.ToLookup(Key, package => package.Version);
        return new RecipeDrift(
            [.. from change in Changes(machine, tree)
                where change.Now is not null && change.Package.IsAsked && !IsWritten(written, change.Package)
                    && (change.Package.Origin is not { } origin || !text.Contains(origin, StringComparison.Ordinal))
                select new PackageChange(change.Package.Source, change.Package.Name, written.GetValueOrDefault(Key(change.Package)), change.Now, true)],
            [.. from line in written
                where !installed[line.Key].Contains(line.Value)
                orderby line.Key
                select new PackageChange(line.Key.Source, line.Key.Name, line.Value, installed[line.Key].FirstOrDefault(), true)]);
    }

    /// <summary>Builds the image of a machine's recipe, one build after the other. The machine goes on with the image that it has.</summary>
    /// <param name="machine">Which.</param>
    /// <param name="progress">Gets each line that the build says; may be null.</param>
    /// <param name="cancellationToken">Gives up, and ends the step that runs; finished steps stay.</param>
    public async Task<HubResult<BuiltImage>> BuildAsync(MachineRecord machine, IProgress<string>? progress, CancellationToken cancellationToken)
    {
        if (Of(machine.Id) is not { } recipe) return NoRecipe(machine);
        if (options.EngineOf(machine) is not IImageBuilder builder)
            return new HubFault("bad-request", $"{machine.Spec.Name} runs on the engine {MachineRules.EngineOf(machine.Spec)}, which has no images. Take the recipe (holdfast recipe show) to a machine with one.");
        await _build.WaitAsync(cancellationToken);
        try
        {
            var folder = HubFolders.Make(FolderOf(machine.Id));
            await File.WriteAllTextAsync(Path.Combine(folder, "Containerfile"), recipe.Text, cancellationToken);
            var built = await builder.BuildAsync(new ImageBuild(folder, RepositoryOf(machine)), progress, cancellationToken);
            return built.Ok ? built.Value : new HubFault(built.Fault.Code == "build-failed" ? "conflict" : "unavailable", built.Fault.Message);
        }
        finally
        {
            _build.Release();
        }
    }

    private static (string Source, string Name) Key(Package package) => (package.Source, RecipeText.NameOf(package.Source, package.Name));

    private static bool IsWritten(IReadOnlyDictionary<(string, string), string> written, Package package) => written.GetValueOrDefault(Key(package)) == package.Version;

    private static HubFault NoRecipe(MachineRecord machine) => new("not-found", $"{machine.Spec.Name} has no recipe yet. Record one: holdfast recipe record {machine.Spec.Name}.");

    private static string RepositoryOf(MachineRecord machine) => $"localhost/holdfast/{machine.Spec.Name}";

    private string FolderOf(string machineId) => Path.Combine(options.Folders.MachineOf(machineId), "recipe");

    private async Task<HubResult<ForeignTree>> OpenAsync(MachineRecord machine, CancellationToken cancellationToken)
    {
        if (options.EngineOf(machine) is not { } engine) return new HubFault("unavailable", $"This hub has no engine {machine.Spec.Engine}.");
        var status = await engine.InspectAsync(machine.Id, cancellationToken);
        return status is { Ok: true, Value.IsRunning: true } && engine.PathOf(machine.Id, "/") is { } root
            ? new ForeignTree(root) : new HubFault("conflict", $"{machine.Spec.Name} does not run. Start it first: its packages are looked at in it.");
    }

    /// <summary>What is not as the image has it. What lies in the home is in no image; of other volumes nothing is looked at.</summary>
    private List<PackageDifference> Changes(MachineRecord machine, ForeignTree tree)
    {
        var home = InsideFolders.HomeOf(machine);
        var now = PackageList.Read(tree, home);
        var before = PackageList.Recall(options.Folders.StateOf(machine.Id), InsideFolders.PackagesBefore) ?? now;
        List<PackageDifference> changes = [.. PackageDifferences.Of([.. before.Where(package => !ForeignTree.IsIn(package.Place, home))], now)];
        HashSet<string> aptFiles = [], wholes = [];
        var listed = PackageDifferences.WithFiles(tree, changes, aptFiles, wholes).Select(change => (change.Source, change.Name)).ToHashSet();
        return changes.FindAll(change => listed.Contains((change.Package.Source, change.Package.Name)));
    }

    /// <summary>The site of the image for what is in the site of a home: Debian's Python has another one than Python's own.</summary>
    private static string SiteInImage(ForeignTree tree, Package package, string home)
    {
        if (!ForeignTree.IsIn(package.Place, home)) return package.Place;
        var python = $"/usr/local/lib/{package.Place[(package.Place.LastIndexOf("/lib/", StringComparison.Ordinal) + 5)..].Split('/')[0]}";
        return tree.Status($"{python}/site-packages") is { IsFolder: true } ? $"{python}/site-packages" : $"{python}/dist-packages";
    }

    /// <summary>Where on this host the content of a kept path is; null for a path that is not kept.</summary>
    private string? PlaceOf(MachineRecord machine, ForeignTree tree, string path) => kept.Of(machine.Id)
        .Where(found => found.Path == path && tree.LinkTarget(path) == found.Place)
        .Select(found => Path.Combine(options.Folders.KeptOf(machine.Id), Path.GetFileName(found.Place))).FirstOrDefault();
}

/// <summary>A recipe.</summary>
/// <param name="Text">The Containerfile.</param>
/// <param name="Changed">When it was recorded or written.</param>
public sealed record Recipe(string Text, DateTimeOffset Changed);

/// <summary>What a machine and its recipe do not have in common.</summary>
/// <param name="Unwritten">Installed since the start, or in the home, and not, or with another version (<c>Before</c>), in the recipe.</param>
/// <param name="Missing">In the recipe (<c>Before</c>), and not, or with another version (<c>Now</c>), in the machine.</param>
public sealed record RecipeDrift(IReadOnlyList<PackageChange> Unwritten, IReadOnlyList<PackageChange> Missing)
{
    /// <summary>Whether nothing differs.</summary>
    public bool IsEmpty => Unwritten.Count == 0 && Missing.Count == 0;
}
