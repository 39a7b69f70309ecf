using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Settings;

public sealed class SettingsTests
{
    private const string Raw = "{\n  // my own\n  'theme': 'Dark',\n}";
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Settings_AreKeptAsTheyWereTyped()
    {
        await using var lab = await WithSchemasAsync();
        var put = await lab.PutAsync("lab/api/settings/@a/ext:themes?1700000000", new JsonObject { ["raw"] = Raw }.ToJsonString());
        Assert.Equal(HttpStatusCode.NoContent, put.Status);
        Assert.Equal(Raw, await File.ReadAllTextAsync(Path.Join(lab.Options.Environment["HOME"], ".jupyter/lab/user-settings/@a/ext/themes.jupyterlab-settings"), Cancel));
        var got = (await lab.GetAsync("lab/api/settings/@a/ext:themes")).Body!;
        Assert.Equal(Raw, (string?)got["raw"]);
        Assert.Equal("""{"theme":"Dark"}""", got["settings"]!.ToJsonString());
        Assert.Equal(("@a/ext:themes", "1.2.3"), ((string?)got["id"], (string?)got["version"]));
        Assert.Equal("Themes", (string?)got["schema"]!["title"]);
        Assert.NotNull((string?)got["last_modified"]);
    }

    [Fact]
    public async Task List_HoldsEverySchema_WithOverriddenDefaults()
    {
        await using var lab = await WithSchemasAsync();
        await File.WriteAllTextAsync(Path.Join(lab.Options.AssetsFolder, "overrides.json"), """{"@a/ext:themes":{"theme":"Night","added":{"x":1}}}""", Cancel);
        var all = (await lab.GetAsync("lab/api/settings")).Body!["settings"]!.AsArray();
        Assert.Equal(["@b/other:plugin", "@a/ext:themes"], all.Select(one => (string?)one!["id"]));
        Assert.Equal("Night", (string?)all[1]!["schema"]!["properties"]!["theme"]!["default"]);
        Assert.Equal("""{"x":1}""", all[1]!["schema"]!["properties"]!["added"]!["default"]!.ToJsonString());
        Assert.Equal("{}", (string?)all[0]!["raw"]);
        var ids = (await lab.GetAsync("lab/api/settings?ids_only=true")).Body!["settings"]!.AsArray();
        Assert.Equal("""[{"id":"@b/other:plugin"},{"id":"@b/other:broken"},{"id":"@a/ext:themes"}]""", ids.ToJsonString());
    }

    [Theory]
    [InlineData("@a/ext:themes", "{\"raw\":\"{ broken\"}", 400)]
    [InlineData("@a/ext:themes", "{\"raw\":\"[1]\"}", 400)]
    [InlineData("@a/ext:themes", "{\"other\":1}", 400)]
    [InlineData("@a/ext:themes", "no json", 400)]
    [InlineData("@a/ext:none", "{\"raw\":\"{}\"}", 404)]
    [InlineData("..%2f..%2fx:y", "{\"raw\":\"{}\"}", 404)]
    public async Task Put_ThatCannotBe_SaysSo(string id, string body, int status)
    {
        await using var lab = await WithSchemasAsync();
        var done = await lab.PutAsync("lab/api/settings/" + id, body);
        Assert.Equal(status, (int)done.Status);
        Assert.NotNull((string?)done.Body!["message"]);
    }

    [Fact]
    public async Task BrokenUserFile_LeavesTheDefaults_AndIsNotTouched()
    {
        await using var lab = await WithSchemasAsync();
        var file = Path.Join(lab.Options.Environment["HOME"], ".jupyter/lab/user-settings/@a/ext/themes.jupyterlab-settings");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, "{ theme: ", Cancel);
        var all = (await lab.GetAsync("lab/api/settings")).Body!["settings"]!.AsArray();
        Assert.Equal("{}", all[1]!["settings"]!.ToJsonString());
        Assert.Contains("line 1, column 10", (string?)all[1]!["warning"], StringComparison.Ordinal);
        Assert.Equal("{ theme: ", await File.ReadAllTextAsync(file, Cancel));
    }

    [Fact]
    public async Task Workspace_OfAnyName_IsKept()
    {
        await using var lab = await TestLab.StartAsync();
        foreach (var (path, id) in ((string, string)[])[("default", "default"), ("foo%2Fbar%20baz", "foo/bar baz"), ("auto-X", "/auto-X")])
        {
            Assert.Equal("{}", (await lab.GetAsync("lab/api/workspaces/" + path)).Body!["data"]!.ToJsonString());
            var body = new JsonObject { ["data"] = new JsonObject { ["k"] = 1 }, ["metadata"] = new JsonObject { ["id"] = id } };
            Assert.Equal(HttpStatusCode.NoContent, (await lab.PutAsync("lab/api/workspaces/" + path, body.ToJsonString())).Status);
            Assert.Equal(1, (int?)(await lab.GetAsync("lab/api/workspaces/" + path)).Body!["data"]!["k"]);
        }
        var all = (await lab.GetAsync("lab/api/workspaces")).Body!["workspaces"]!;
        Assert.Equal(3, all["ids"]!.AsArray().Count);
        Assert.NotNull((string?)all["values"]![0]!["metadata"]!["last_modified"]);
        // The names that jupyterlab_server gives its files, so that both find the same workspaces.
        Assert.Equal(["auto-x-7764.jupyterlab-workspace", "default-37a8.jupyterlab-workspace", "foobar-baz-bb55.jupyterlab-workspace"],
            Directory.EnumerateFiles(Path.Join(lab.Options.Environment["HOME"], ".jupyter/lab/workspaces")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        Assert.Equal(HttpStatusCode.BadRequest, (await lab.PutAsync("lab/api/workspaces/a", """{"metadata":{"id":"b"}}""")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Delete, "lab/api/workspaces/foo%2Fbar%20baz")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.SendAsync(HttpMethod.Delete, "lab/api/workspaces/foo%2Fbar%20baz")).Status);
    }

    [Fact]
    public async Task Config_IsMergedAndPatched()
    {
        await using var lab = await TestLab.StartAsync();
        Assert.Equal("{}", (await lab.GetAsync("api/config/notebook")).Body!.ToJsonString());
        Assert.Equal(HttpStatusCode.NoContent, (await lab.PutAsync("api/config/notebook", """{"a":{"b":1,"c":2},"d":3}""")).Status);
        var patched = await lab.SendAsync(HttpMethod.Patch, "api/config/notebook", """{"a":{"b":null,"e":4}}""");
        Assert.Equal((HttpStatusCode.OK, """{"a":{"c":2,"e":4},"d":3}"""), (patched.Status, patched.Body!.ToJsonString()));
        Assert.Equal(patched.Body!.ToJsonString(), (await lab.GetAsync("api/config/notebook")).Body!.ToJsonString());
        Assert.Equal(HttpStatusCode.BadRequest, (await lab.PutAsync("api/config/notebook", "[]")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.GetAsync("api/config/..%2fx")).Status);
    }

    private static async Task<TestLab> WithSchemasAsync()
    {
        var lab = await TestLab.StartAsync();
        foreach (var (folder, name, schema) in ((string, string, string)[])[
            ("@a/ext", "themes.json", """{"title":"Themes","type":"object","properties":{"theme":{"type":"string","default":"Light"}}}"""),
            ("@a/ext", "package.json.orig", """{"version":"1.2.3"}"""),
            ("@b/other", "plugin.json", """{"title":"Other","type":"object","properties":{}}"""),
            ("@b/other", "broken.json", "{")])
        {
            Directory.CreateDirectory(Path.Join(lab.Options.AssetsFolder, "schemas", folder));
            await File.WriteAllTextAsync(Path.Join(lab.Options.AssetsFolder, "schemas", folder, name), schema, Cancel);
        }
        return lab;
    }
}
