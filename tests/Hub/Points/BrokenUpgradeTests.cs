using Holdfast.Hub.Points;

namespace Holdfast.Hub.Tests.Points;

/// <summary>A package that worked, an upgrade that breaks it, and the way back: a real machine of the host's, the real pip.</summary>
public sealed class BrokenUpgradeTests : IAsyncLifetime
{
    private readonly TestHub _hub = new();

    private string Home => _hub.Folders.HomeOf("ada");

    public async ValueTask InitializeAsync()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/pip")) Assert.Skip("pip is not installed (python3-pip).");
        await _hub.StartLookingAsync();
        Wheels.Make(_hub.Folders.Storage, "tide", "1.0", ("tide/__init__.py", "from tide.level import height\n"), ("tide/level.py", "height = 1\n"));
        Wheels.Make(_hub.Folders.Storage, "tide", "2.0", ("tide/__init__.py", "from tide.gauge import height\n"));
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Upgrade_ThatBreaksAnImport_IsNamedAndMendedAndNothingElseIsTouched()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.UntilPointAsync("leaves", point => point.Why == PointWhy.Start);
        await _hub.SaysAsync(machine, $"{Wheels.Install} --user tide==1.0; python3 -c 'import tide; assert tide.height == 1'");
        var good = await _hub.UntilPointAsync("leaves", point => point.Words == "pip tide 1.0");
        await _hub.SaysAsync(machine, """
            mkdir -p ~/.ssh ~/work ~/.config/thing ~/.local/share/other; echo key > ~/.ssh/id; chmod 600 ~/.ssh/id; echo '{"cells":[]}' > ~/work/a.ipynb
            ln -s work/a.ipynb ~/link; echo set > ~/.config/thing/settings; echo keep > ~/.local/share/other/x; echo '{"cells":[1]}' > /notebooks/n.ipynb
            """);

        await _hub.SaysAsync(machine, $"{Wheels.Install} --user --upgrade tide; ! python3 -c 'import tide' 2>/dev/null");
        await _hub.UntilPointAsync("leaves", point => point.Words == "pip tide 1.0 → 2.0");
        var rest = PointMachine.HashesOf(Home, ".local/lib", ".local/bin");
        var diff = await _hub.DiffAsync("leaves", files: true);
        var done = await _hub.BackAsync("leaves", good.Id);

        Assert.Equal(good.Id, diff.From!.Id);
        Assert.Equal([("pip", "tide", "1.0", "2.0")], diff.Packages.Select(change => (change.Source, change.Name, change.Before, change.After)));
        Assert.StartsWith("/home/ada/.local/lib/python3", diff.Packages[0].Place, StringComparison.Ordinal);
        Assert.True(diff.Files is { Removed: >= 2, Added: >= 4, Changed: >= 1 }, $"{diff.Files}");
        Assert.Equal((SystemBack.Stays, false), (done.System, diff.SystemDiffers));
        Assert.Contains(done.Folders, folder => folder.EndsWith("/site-packages", StringComparison.Ordinal));
        Assert.Contains(done.Notes, note => note.Contains("restart", StringComparison.Ordinal));
        Assert.Equal("1\n", await _hub.SaysAsync(machine, "python3 -c 'import tide; print(tide.height)'"));
        Assert.Contains("1.0", await _hub.SaysAsync(machine, "python3 -m pip list --user 2>/dev/null | grep tide"), StringComparison.Ordinal);
        Assert.Equal(rest, PointMachine.HashesOf(Home, ".local/lib", ".local/bin"));
        Assert.Equal(1, _hub.Fleet.Find("leaves")!.Run);

        // And forward again: what was broken is kept as well.
        await _hub.BackAsync("leaves", done.Saved!);
        Assert.Contains("2.0", await _hub.SaysAsync(machine, "python3 -m pip list --user 2>/dev/null | grep tide; ! python3 -c 'import tide' 2>/dev/null"), StringComparison.Ordinal);
        Assert.Equal(rest, PointMachine.HashesOf(Home, ".local/lib", ".local/bin"));
        Assert.Equal(["pip tide 2.0 → 1.0"], (await _hub.DiffAsync("leaves", done.Saved, good.Id)).Packages.Select(change => $"{change.Source} {change.Name} {change.Before} → {change.After}"));
    }
}
