using System.Text.Json;
using Holdfast.Hub.Recipes;
using Holdfast.Hub.Tests.Api;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>What a job would be, before it is submitted.</summary>
public sealed class JobPlanTests : IAsyncLifetime
{
    private readonly TestHub _hub = new(options => options with { Settings = new HubSettings { Types = [new("dear", null, null, 0, null, 0.5m)] } });

    public async ValueTask InitializeAsync() => await _hub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData("""{"command": ["true"]}""", 0.5, null, 1, 3)]
    [InlineData("""{"command": ["true"], "max_duration": 7200}""", 0.5, 3.0, 1, 3)]
    [InlineData("""{"command": ["true"], "max_duration": 7200, "retry": {"max_attempts": 1}, "shards": 4}""", 2.0, 4.0, 4, 1)]
    [InlineData("""{"command": ["true"], "max_duration": 3600, "retry": {"max_attempts": 2}, "sweep": {"parameters": {"a": [1, 2, 3]}, "max_parallel": 2}}""", 1.0, 3.0, 3, 2)]
    public async Task Plan_OfAJob_HasItsPriceAndTheMostThatItCanCost(string json, double price, double? most, int parts, int attempts)
    {
        using var api = new ApiClient(_hub);

        var plan = (await api.PostAsync("jobs/plan", json)).Json;

        Assert.Equal((price, most, parts, attempts), (
            plan.GetProperty("price").GetDouble(), plan.TryGetProperty("most_cost", out var cost) && cost.ValueKind == JsonValueKind.Number ? cost.GetDouble() : null, plan.GetProperty("parts").GetInt32(), plan.GetProperty("attempts").GetInt32()));
        Assert.False(plan.TryGetProperty("differences", out var none) && none.ValueKind != JsonValueKind.Null);
        Assert.Empty(_hub.Jobs.List(TestHub.Ada, new()));
    }

    [Fact]
    public async Task Plan_OfAMachinesJob_NamesWhatNoImageHas()
    {
        using var api = new ApiClient(_hub);
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, """
            site=$(python3 -m site --user-site)
            for package in both-3 new-4 same-5; do
              mkdir -p $site/$package.dist-info; cd $site/$package.dist-info
              printf 'Metadata-Version: 2.1\nName: %s\nVersion: %s\n' ${package%-*} ${package#*-} > METADATA; touch REQUESTED RECORD; echo pip > INSTALLER
            done
            echo tool > /opt/tool; echo more data > /opt/data; echo one > /etc/leaves.conf
            """);
        var recipes = _hub.Service<MachineRecipes>();

        var before = await DifferencesAsync(api);
        TestHub.Value(recipes.Write(machine, "FROM scratch\nRUN python3 -m pip install both==2 gone==1 same==5\nCOPY [\"files/opt/data\", \"/opt/data\"]\n"));
        var after = await DifferencesAsync(api);
        await _hub.StopAsync("leaves");
        var stopped = await DifferencesAsync(api);

        Assert.Equal(("leaves", false), (before.GetProperty("machine").GetString(), before.GetProperty("has_recipe").GetBoolean()));
        Assert.Equal(["both /3", "new /4", "same /5"], Packages(before));
        Assert.Equal(["/opt/data", "/opt/tool", "/etc/leaves.conf"], Files(before));
        Assert.True(after.GetProperty("has_recipe").GetBoolean());
        Assert.Equal(["both 2/3", "gone 1/", "new /4"], Packages(after));
        Assert.Equal(["/opt/tool", "/etc/leaves.conf"], Files(after));
        Assert.Contains("leaves does not run. Start it first", stopped.GetProperty("unknown").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jobs")]
    [InlineData("jobs/plan")]
    public async Task Image_BesideAMachine_IsRefused(string path)
    {
        using var api = new ApiClient(_hub);
        await _hub.CreateAsync("leaves", start: false);

        var answer = await api.PostAsync(path, """{"command": ["true"], "machine": "leaves", "image": "debian:12"}""");

        Assert.Equal((400, "image: a job has an image or a machine whose environment it runs in, not both."), (answer.Status, answer.Json.GetProperty("message").GetString()));
    }

    private static async Task<JsonElement> DifferencesAsync(ApiClient api) => (await api.PostAsync("jobs/plan", """{"command": ["true"], "machine": "leaves"}""")).Json.GetProperty("differences");

    private static IEnumerable<string> Packages(JsonElement differences) => differences.GetProperty("packages").EnumerateArray()
        .Select(package => $"{package.GetProperty("name").GetString()} {Text(package, "before")}/{Text(package, "now")}").Order(StringComparer.Ordinal);

    private static IEnumerable<string?> Files(JsonElement differences) => differences.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("path").GetString());

    private static string? Text(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value.GetString() : null;
}
