using Holdfast.Hub.Points;

namespace Holdfast.Hub.Tests.Points;

/// <summary>Going back with the home: machines that are stopped, hubs that come and go, and are killed in the midst.</summary>
public sealed class HomeBackTests
{
    [Fact]
    public async Task Back_OfAStoppedMachine_BringsTheHomeBackNow()
    {
        await using var hub = await new TestHub().StartLookingAsync();
        var machine = await hub.CreateAsync("leaves");
        var start = await hub.UntilPointAsync("leaves", point => point.Why == PointWhy.Start);
        await hub.SaysAsync(machine, PointMachine.Installs("tide", "1.0"));
        await hub.UntilPointAsync("leaves", point => point.Words == "pip tide 1.0");
        await hub.StopAsync("leaves");

        var done = await hub.BackAsync("leaves", start.Id, confirmed: false);

        Assert.Equal(SystemBack.NextStart, done.System);
        Assert.Empty(Directory.GetDirectories(Path.Combine(hub.Folders.HomeOf("ada"), ".local/lib"), "site-packages", SearchOption.AllDirectories));
        machine = await hub.StartAsync("leaves");
        Assert.Equal("none\n", await hub.SaysAsync(machine, "python3 -c 'import tide' 2>/dev/null || echo none"));
    }

    [Fact]
    public async Task Install_WhileNoHubLooked_IsSaidAndHubsComeAndGo()
    {
        await using var hub = await new TestHub().StartLookingAsync();
        var machine = await hub.CreateAsync("leaves");
        await hub.UntilPointAsync("leaves", point => point.Why == PointWhy.Start);
        var engine = hub.Host;
        await hub.EndAsync();
        await engine.ExecAsync(machine.Id, new(["/bin/sh", "-c", PointMachine.Installs("tide", "1.0")]), TestHub.Cancellation);

        await hub.StartLookingAsync();
        var found = await hub.UntilPointAsync("leaves", point => point.Why == PointWhy.Install);

        Assert.Equal("pip tide 1.0 (while no hub looked: of the moments in between there is no point)", found.Words);
        Assert.Equal(2, (await hub.PointsAsync("leaves")).Count);
        await hub.EndAsync();
        await hub.StartLookingAsync();
        await hub.SaysAsync(machine, PointMachine.Installs("shore", "1.0"));
        await hub.UntilPointAsync("leaves", point => point.Words.StartsWith("pip shore 1.0", StringComparison.Ordinal));
        Assert.Equal(3, (await hub.PointsAsync("leaves")).Count);
        var start = (await hub.PointsAsync("leaves"))[^1];
        await hub.BackAsync("leaves", start.Id);
        Assert.Equal("none\n", await hub.SaysAsync(machine, "python3 -c 'import tide' 2>/dev/null || echo none"));
    }

    [Theory]
    [InlineData("make .local/lib", false)]
    [InlineData("write", false)]
    [InlineData("exchange .local/bin", true)]
    [InlineData("exchange .local/lib", true)]
    [InlineData("clear", true)]
    public async Task Back_HubKilledInTheMidst_IsTheOldStateOrTheNew(string step, bool isNew)
    {
        await using var hub = await new TestHub().StartLookingAsync();
        await hub.CreateAsync("leaves", start: false);
        var local = Path.Combine(hub.Folders.HomeOf("ada"), ".local");
        string[] files = [Path.Combine(Directory.CreateDirectory($"{local}/lib/python3.11/site-packages").FullName, "reef.py"), Path.Combine(Directory.CreateDirectory($"{local}/bin").FullName, "reef")];
        foreach (var file in files) await File.WriteAllTextAsync(file, "one", TestHub.Cancellation);
        var one = TestHub.Value(await hub.Service<EnvironmentPoints>().TakeAsync(TestHub.Ada, "leaves", null, TestHub.Cancellation));
        foreach (var file in files) await File.WriteAllTextAsync(file, "other", TestHub.Cancellation);
        await File.WriteAllTextAsync(files[0] + ".more", "more", TestHub.Cancellation);
        hub.Service<HomeBack>().Step = at =>
        {
            if (at.StartsWith(step, StringComparison.Ordinal)) throw new InvalidOperationException("killed");
        };

        await Assert.ThrowsAsync<InvalidOperationException>(() => hub.Service<EnvironmentPoints>().BackAsync(TestHub.Ada, "leaves", one.Id, homeOnly: true, confirmed: true, TestHub.Cancellation));
        await hub.EndAsync();
        await hub.StartLookingAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Directory.Exists(Path.Combine(hub.Folders.PointsOf("ada"), "back"))) await Task.Delay(20, limit.Token);

        Assert.All(files, file => Assert.Equal(isNew ? "one" : "other", File.ReadAllText(file)));
        Assert.Equal(!isNew, File.Exists(files[0] + ".more"));
    }
}
