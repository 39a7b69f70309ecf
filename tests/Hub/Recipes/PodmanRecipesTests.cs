using Holdfast.Engines.Podman;
using Holdfast.Engines.Tests.Podman;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Recipes;
using Holdfast.Hub.Tests.Loss;

namespace Holdfast.Hub.Tests.Recipes;

/// <summary>Loss lists, kept paths and recipes of a machine in a container of a real Podman.</summary>
[Collection(PodmanTests.Name)]
public sealed class PodmanRecipesTests(PodmanService podman) : IAsyncLifetime
{
    private PodmanEngine _engine = null!;
    private TestMachine _machine = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private MachineRecipes Recipes => new(_machine.Options, _machine.Database, TimeProvider.System, _machine.Kept);

    public async ValueTask InitializeAsync()
    {
        if (podman.Unusable is { } reason) Assert.Skip(reason);
        _engine = new PodmanEngine(podman.Socket);
        _machine = await TestMachine.StartAsync(_engine, podman.Image);
    }

    public async ValueTask DisposeAsync()
    {
        if (_machine is not null) await _machine.DisposeAsync();
        _engine?.Dispose();
    }

    [Fact]
    public async Task Build_OfWhatWasRecorded_IsAnImageInWhichNothingWouldBeLost()
    {
        Assert.True((await _machine.LookAsync()).IsEmpty);
        var home = _machine.Folders.HomeOf("ada");
        Install($"{home}/.local/lib/python3.11/site-packages", "hf_leaf", "0.4");
        await _machine.SaysAsync("mkdir -p '/opt/my model/deep'; echo weights > '/opt/my model/deep/w'; chmod 640 '/opt/my model/deep/w'; echo one > /opt/tool");
        var kept = await _machine.Kept.KeepAsync(_machine.Record, ["/opt/tool"], Cancellation);
        Assert.True(kept.Ok, kept.Fault?.Message);
        Assert.Equal("/opt/my model", Assert.Single((await _machine.LookAsync()).Files).Path);

        var recorded = await Recipes.RecordAsync(_machine.Record, ["/opt/my model", "/opt/tool"], Cancellation);
        Assert.True(recorded.Ok, recorded.Fault?.Message);
        var lines = new List<string>();
        var built = await Recipes.BuildAsync(_machine.Record, new Lines(lines), Cancellation);

        Assert.True(built.Ok, built.Fault?.Message);
        Assert.Equal("localhost/holdfast/one:1", built.Value.Name);
        Assert.Contains(lines, line => line.StartsWith("STEP ", StringComparison.Ordinal));
        Assert.Equal(built.Value, (await Recipes.BuildAsync(_machine.Record, null, Cancellation)).Value);
        await using var other = await TestMachine.StartAsync(_engine, built.Value.Reference);
        Assert.Equal("640\nweights\none", await other.SaysAsync("python3 -c \"import os; print(oct(os.stat('/opt/my model/deep/w').st_mode)[-3:])\"; cat '/opt/my model/deep/w' /opt/tool"));
        Assert.Contains(PackageList.Read(_engine.PathOf(other.Record.Id, "/")!), package => package is { Source: "pip", Name: "hf-leaf", Version: "0.4" });
        Assert.True((await other.LookAsync()).IsEmpty);
        Assert.True((await Recipes.DiffAsync(_machine.Record, Cancellation)).Value!.IsEmpty);
    }

    [Fact]
    public async Task Build_StepThatFails_SaysWhichAndWhatItSaid()
    {
        Recipes.Write(_machine.Record, $"FROM {podman.Image}\nRUN echo before\nRUN echo no good; exit 3\n");

        var built = await Recipes.BuildAsync(_machine.Record, null, Cancellation);

        Assert.Equal("conflict", built.Fault?.Code);
        Assert.Contains("RUN echo no good; exit 3", built.Fault!.Message, StringComparison.Ordinal);
        Assert.Contains("no good\n", built.Fault.Message + "\n", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_GivenUp_EndsTheCommandOfItsStep()
    {
        var seconds = $"{Random.Shared.Next(100_000, 999_999)}";
        Recipes.Write(_machine.Record, $"FROM {podman.Image}\nRUN echo up;  sleep {seconds}\n");
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Recipes.BuildAsync(_machine.Record, new Lines([], line => { if (line == "up") giveUp.Cancel(); }), giveUp.Token));

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (IsRunning(seconds)) await Task.Delay(10, limit.Token);
    }

    [Fact]
    public async Task Diff_BothWays_NamesWhatDiffers()
    {
        Recipes.Write(_machine.Record, $"FROM {podman.Image}\nRUN python3.11 -m pip install written==1 both==2\n");
        Install($"{_machine.Folders.HomeOf("ada")}/.local/lib/python3.11/site-packages", "both", "3", fromFolder: false);
        Install($"{_machine.Folders.HomeOf("ada")}/.local/lib/python3.11/site-packages", "new", "4", fromFolder: false);

        var drift = (await Recipes.DiffAsync(_machine.Record, Cancellation)).Value!;

        Assert.Equal([new PackageChange("pip", "both", "2", "3", true), new PackageChange("pip", "new", null, "4", true)], drift.Unwritten.OrderBy(change => change.Name));
        Assert.Equal([new PackageChange("pip", "both", "2", "3", true), new PackageChange("pip", "written", "1", null, true)], drift.Missing);
    }

    private static bool IsRunning(string word) => Directory.EnumerateDirectories("/proc").Any(folder =>
    {
        try
        {
            return char.IsAsciiDigit(folder[6]) && File.ReadAllText($"{folder}/cmdline").Contains(word, StringComparison.Ordinal);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    /// <summary>As pip does from a folder.</summary>
    private static void Install(string site, string name, string version, bool fromFolder = true)
    {
        var shown = name.Replace('_', '-');
        var info = Directory.CreateDirectory($"{site}/{name}-{version}.dist-info").FullName;
        Directory.CreateDirectory($"{site}/{name}");
        File.WriteAllText($"{site}/{name}/__init__.py", "x = 1\n");
        File.WriteAllText($"{info}/METADATA", $"Metadata-Version: 2.1\nName: {shown}\nVersion: {version}\n");
        File.WriteAllText($"{info}/REQUESTED", "");
        File.WriteAllText($"{info}/RECORD", $"{name}/__init__.py,,6\n{name}-{version}.dist-info/METADATA,,\n");
        if (fromFolder) File.WriteAllText($"{info}/direct_url.json", "{\"dir_info\": {}, \"url\": \"file:///notebooks/package\"}");
    }

    private sealed class Lines(List<string> lines, Action<string>? then = null) : IProgress<string>
    {
        public void Report(string value)
        {
            lines.Add(value);
            then?.Invoke(value);
        }
    }
}
