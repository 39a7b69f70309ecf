using Holdfast.Hub.Recipes;
using Holdfast.Hub.Tests.Loss;

namespace Holdfast.Hub.Tests.Recipes;

/// <summary>Recipes of a machine on the host engine, which has no images.</summary>
public sealed class HostRecipesTests : HostMachine
{
    private MachineRecipes Recipes => new(Machine.Options, Machine.Database, TimeProvider.System, Machine.Kept);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Record_PackageOfApt_IsALineOfTheRecipeAndNoBuild()
    {
        if (!File.Exists("/usr/bin/apt-get") || !File.Exists("/usr/bin/dpkg-deb")) Assert.Skip("There is no apt here.");
        await Machine.InstallAsync("hf-tool", "1.2-3", "mkdir -p opt; echo tool > opt/hf-tool");
        await Machine.SaysAsync("echo data > /opt/data");

        var recipe = await Recipes.RecordAsync(Machine.Record, ["/opt/data"], Cancellation);

        Assert.True(recipe.Ok, recipe.Fault?.Message);
        Assert.Contains("apt-get install -y --no-install-recommends hf-tool=1.2-3 ", recipe.Value.Text, StringComparison.Ordinal);
        Assert.Contains("COPY [\"files/opt/data\", \"/opt/data\"]\n", recipe.Value.Text, StringComparison.Ordinal);
        Assert.Equal(recipe.Value.Text, Recipes.Of(Machine.Record.Id)!.Text);
        Assert.True((await Recipes.DiffAsync(Machine.Record, Cancellation)).Value!.IsEmpty);
        Assert.Equal("bad-request", (await Recipes.BuildAsync(Machine.Record, null, Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Record_Again_KeepsTheFilesThatWereChosenBefore()
    {
        await Machine.SaysAsync("echo a > '/opt/a \"b\"'; echo c > /opt/c; echo d > /opt/d");
        await Recipes.RecordAsync(Machine.Record, ["/opt/a \"b\"", "/opt/c"], Cancellation);
        File.Delete(Path.Combine(Machine.Folders.MachineOf(Machine.Record.Id), "recipe/files/opt/c"));

        var again = await Recipes.RecordAsync(Machine.Record, ["/opt/d"], Cancellation);

        Assert.Equal(["COPY [\"files/opt/a \\\"b\\\"\", \"/opt/a \\\"b\\\"\"]", "COPY [\"files/opt/d\", \"/opt/d\"]"], again.Value!.Text.Split('\n').Where(line => line.StartsWith("COPY", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Record_PathsThatCannotBe_AreRefused()
    {
        foreach (var (path, code) in ((string, string)[])[("/", "bad-request"), ("/storage", "bad-request"), ("/home", "bad-request"), ("x", "bad-request"), ("/opt/none", "not-found")])
            Assert.Equal(code, (await Recipes.RecordAsync(Machine.Record, [path], Cancellation)).Fault?.Code);
        Assert.Null(Recipes.Of(Machine.Record.Id));
        Assert.Equal("not-found", (await Recipes.DiffAsync(Machine.Record, Cancellation)).Fault?.Code);
    }
}
