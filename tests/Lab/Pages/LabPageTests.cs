using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Pages;

public sealed class LabPageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("lab", "multiple-document", "default", "")]
    [InlineData("lab/tree/a%20b/c%3Cd.ipynb", "multiple-document", "default", "a b/c<d.ipynb")]
    [InlineData("lab/workspaces/auto-X", "multiple-document", "auto-X", "")]
    [InlineData("lab/workspaces/w/tree/n.ipynb", "multiple-document", "w", "n.ipynb")]
    [InlineData("doc/tree/n.ipynb", "single-document", "default", "n.ipynb")]
    public async Task Page_HoldsItsConfiguration(string path, string mode, string workspace, string tree)
    {
        await using var lab = await TestLab.StartAsync(options => options with { BaseUrl = "/b/" });
        await BuildAsync(lab);
        var got = await lab.Client.GetAsync("/b/" + path, Cancel);
        var html = await got.Content.ReadAsStringAsync(Cancel);
        const string Start = "<script id=\"jupyter-config-data\" type=\"application/json\">";
        var from = html.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        var text = html[from..html.IndexOf("</script>", from, StringComparison.Ordinal)];
        Assert.DoesNotContain('<', text);
        var config = JsonNode.Parse(text)!;
        Assert.Equal((mode, workspace, tree), ((string?)config["mode"], (string?)config["workspace"], (string?)config["treePath"]));
        Assert.Equal(("/b/", "", ""), ((string?)config["baseUrl"], (string?)config["wsUrl"], (string?)config["token"]));
        Assert.Equal(("/lab/api/settings", "/b/lab/api/settings"), ((string?)config["settingsUrl"], (string?)config["fullSettingsUrl"]));
        Assert.Equal(lab.Root, (string?)config["serverRoot"]);
        Assert.DoesNotContain(TestLab.Token, html, StringComparison.Ordinal);
        Assert.Contains("<script defer src=\"/b/static/lab/main.0123.js\">", html, StringComparison.Ordinal);
        Assert.Contains("class=\"idle favicon\"", html, StringComparison.Ordinal);
        Assert.Contains("<body class=\"jp-ThemedContainer\">", html, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'self'", got.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Extensions_AreFoundOnJupytersPath_AndTheirsComeFirst()
    {
        await using var lab = await TestLab.StartAsync();
        await BuildAsync(lab);
        await ExtensionAsync(Path.Join(lab.Options.AssetsFolder, "labextensions/@w/m"), "@w/m", "static/old.js");
        var data = Path.Join(lab.Options.Environment["HOME"], ".local/share/jupyter/labextensions");
        await ExtensionAsync(Path.Join(data, "@w/m"), "@w/m", "static/new.js", """["@jupyterlab/x:y"]""");
        await ExtensionAsync(Path.Join(data, "plain"), "plain", "static/p.js");
        await File.WriteAllTextAsync(Path.Join(data, "plain/static/p.js"), "p", Cancel);
        var html = await lab.Client.GetStringAsync("lab", Cancel);
        Assert.Contains("""{"name":"@w/m","load":"static/new.js"}""", html, StringComparison.Ordinal);
        Assert.Contains("""{"name":"plain","load":"static/p.js"}""", html, StringComparison.Ordinal);
        Assert.DoesNotContain("old.js", html, StringComparison.Ordinal);
        Assert.Contains("@jupyterlab/x:y", html, StringComparison.Ordinal);
        var file = await lab.Client.GetAsync("lab/extensions/plain/static/p.js", Cancel);
        Assert.Equal("p", await file.Content.ReadAsStringAsync(Cancel));
        Assert.Contains("immutable", file.Headers.GetValues("Cache-Control").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_ThatIsNotBuilt_SaysHowToBuildIt()
    {
        await using var lab = await TestLab.StartAsync();
        var got = await lab.Client.GetAsync("lab", Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, got.StatusCode);
        Assert.Contains("./run --build-only", await got.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("br, gzip", "br", "packed by br")]
    [InlineData("gzip", "gzip", "packed by gzip")]
    [InlineData("identity", null, "console.log(1)")]
    public async Task Asset_IsSentAsTheClientTakesIt(string accepted, string? coding, string expected)
    {
        await using var lab = await TestLab.StartAsync();
        await BuildAsync(lab);
        using var stranger = lab.NewClient();
        stranger.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", accepted);
        var got = await stranger.GetAsync("static/lab/main.0123.js", Cancel);
        Assert.Equal(expected, await got.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(coding, got.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Equal("text/javascript", got.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", got.Headers.GetValues("Cache-Control").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync("static/lab/..%2fbuild.json", Cancel)).StatusCode);
    }

    [Theory]
    [InlineData("", "/lab")]
    [InlineData("?reset=1", "/lab?reset=1")]
    [InlineData("tree", "/lab")]
    [InlineData("tree/a%20b", "/lab/tree/a%20b")]
    [InlineData("notebooks/n.ipynb", "/doc/tree/n.ipynb")]
    public async Task OldAddress_LeadsToThePage(string path, string location)
    {
        await using var lab = await TestLab.StartAsync();
        var got = await lab.Client.GetAsync("/" + path, Cancel);
        Assert.Equal((HttpStatusCode.Redirect, location), (got.StatusCode, got.Headers.Location!.OriginalString));
    }

    [Fact]
    public async Task Nowhere_IsAFriendlyPage()
    {
        await using var lab = await TestLab.StartAsync();
        var got = await lab.Client.GetAsync("nowhere", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, got.StatusCode);
        Assert.Contains("Open the lab", await got.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        var api = await lab.GetAsync("api/nowhere");
        Assert.Equal("Not Found", (string?)api.Body!["message"]);
        Assert.Equal(405, (int)(await lab.SendAsync(HttpMethod.Delete, "api/status")).Status);
    }

    private static async Task BuildAsync(TestLab lab)
    {
        var files = Directory.CreateDirectory(Path.Join(lab.Options.AssetsFolder, "static")).FullName;
        await File.WriteAllTextAsync(Path.Join(lab.Options.AssetsFolder, "build.json"),
            """{"scripts":["main.0123.js"],"styles":[],"icons":{"idle":"i.svg","busy":"b.svg"},"labVersion":"4.6.4"}""", Cancel);
        await File.WriteAllTextAsync(Path.Join(files, "main.0123.js"), "console.log(1)", Cancel);
        await File.WriteAllTextAsync(Path.Join(files, "main.0123.js.br"), "packed by br", Cancel);
        await File.WriteAllTextAsync(Path.Join(files, "main.0123.js.gz"), "packed by gzip", Cancel);
    }

    private static async Task ExtensionAsync(string folder, string name, string load, string disables = "[]")
    {
        Directory.CreateDirectory(Path.Join(folder, "static"));
        await File.WriteAllTextAsync(Path.Join(folder, "package.json"),
            $$$"""{"name":"{{{name}}}","version":"1.0.0","jupyterlab":{"_build":{"load":"{{{load}}}"},"disabledExtensions":{{{disables}}}}}""", Cancel);
    }
}
