using System.Net;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

/// <summary>Where the lab's settings come from.</summary>
public sealed class ConfigTests
{
    [Fact]
    public async Task Setting_SaidInSeveralPlaces_IsThatOfTheFirst()
    {
        await using var place = new Place();
        var jupyter = place.Write("config/jupyter_server_config.json", """{"ServerApp": {"port": 8891, "ip": "127.0.0.2", "base_url": "/jupyter/"}, "MultiKernelManager": {"default_kernel_name": "r"}}""");
        var yaml = place.Write("xdg/holdfast/holdfast.yaml", "lab:\n  port: 8893\n  allow-hidden: true\nother: [1]\n");
        place.Set("JUPYTER_PORT", "8890");
        place.Set("HOLDFAST_LAB_BASE_URL", "/mine/");

        var shown = await place.RunAsync("config");

        Assert.Equal((0, ""), (shown.ExitCode, shown.Errors));
        var rows = shown.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToDictionary(row => row[0], row => (row[1], row[2]));
        Assert.Equal(("8893", yaml), rows["port"]);
        Assert.Equal(("true", yaml), rows["allow-hidden"]);
        Assert.Equal(("/mine/", "HOLDFAST_LAB_BASE_URL"), rows["base-url"]);
        Assert.Equal(("127.0.0.2", jupyter), rows["ip"]);
        Assert.Equal(("r", jupyter), rows["default-kernel"]);
        Assert.Equal(("true", "default"), rows["delete-to-trash"]);
        Assert.Equal(("(made at the first start)", "default"), rows["token"]);

        place.Set("JUPYTER_TOKEN", "secret");
        var json = await place.RunAsync("config", "-o", "json");
        var settings = json.Json.EnumerateArray().ToDictionary(setting => setting.GetProperty("setting").GetString()!);
        Assert.Equal(("8893", yaml), (settings["port"].GetProperty("value").GetString(), settings["port"].GetProperty("source").GetString()));
        Assert.True(settings["token"].GetProperty("is_set").GetBoolean());
        Assert.DoesNotContain("secret", json.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task JupyterSetup_WithPasswordAndFolder_LogsInByItAndOpensIt()
    {
        await using var place = new Place();
        Directory.CreateDirectory(place.PathOf("work"));
        place.Write("work/mine.txt", "x");
        place.Write("config/jupyter_server_config.json",
            $$"""{"ServerApp": {"root_dir": "{{place.PathOf("work")}}", "base_url": "/a%40b"}, "IdentityProvider": {"hashed_password": "sha1:0e112c3ddfce:a68df677475c2b47b6e86d0467eec97ac5f4b85a"} }""");

        await using var lab = await RunningLab.StartAsync(place.Start(Published.Path, "lab", "--no-browser", "--port", "0"));

        Assert.Equal(("/a%40b/lab", ""), (lab.Link.AbsolutePath, lab.Link.Query));
        Assert.Contains($"Holdfast lab, folder {place.PathOf("work")}\n", lab.Said, StringComparison.Ordinal);
        using var browser = new HttpClient();
        var cancel = TestContext.Current.CancellationToken;
        Assert.Equal(HttpStatusCode.Forbidden, (await browser.GetAsync(new Uri(lab.Link, "api/contents"), cancel)).StatusCode);
        var form = System.Text.RegularExpressions.Regex.Match(await browser.GetStringAsync(new Uri(lab.Link, "login"), cancel), "name=\"_xsrf\" value=\"([^\"]*)\"").Groups[1].Value;
        using var login = await browser.PostAsync(new Uri(lab.Link, "login?next=/a%2540b/api/contents/mine.txt"), new FormUrlEncodedContent([new("_xsrf", form), new("password", "mypassword")]), cancel);
        Assert.Contains("mine.txt", await login.Content.ReadAsStringAsync(cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_NotUnderstood_IsNamedOnce()
    {
        await using var place = new Place();
        var server = place.Write("config/jupyter_server_config.json", """{"ServerApp": {"jpserver_extensions": {"x": true}, "quit_button": false}}""");
        place.Write("config/jupyter_server_config.d/more.json", """{"ServerApp": {"quit_button": true}}""");
        var broken = place.Write("config/jupyter_lab_config.json", "{");
        var yaml = place.Write("xdg/holdfast/holdfast.yaml", "lab:\n  prot: 1\n");

        var shown = await place.RunAsync("config");

        Assert.Equal(0, shown.ExitCode);
        Assert.Equal(3, shown.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains($"holdfast: ServerApp.quit_button in {server} is not understood and has no effect.\n", shown.Errors, StringComparison.Ordinal);
        Assert.Contains($"holdfast: lab: prot in {yaml} line 2 is not understood and has no effect.\n", shown.Errors, StringComparison.Ordinal);
        Assert.Contains($"holdfast: {broken} is not read: ", shown.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lab:\n  port: many\n", "port (FILE) is a number from 0 to 65535, not 'many'.")]
    [InlineData("lab:\n  allow-hidden: perhaps\n", "allow-hidden (FILE) is true or false, not 'perhaps'.")]
    [InlineData("lab:\n  port: [1]\n", "FILE line 2 cannot be read: port has one value")]
    public async Task Value_ThatIsNone_IsSaidWithItsFile(string text, string said)
    {
        await using var place = new Place();
        var yaml = place.Write("xdg/holdfast/holdfast.yaml", text);

        var ran = await place.RunAsync("lab", "--no-browser", place.Notebooks);

        Assert.Equal(new Ran(1, "", $"holdfast: {said.Replace("FILE", yaml, StringComparison.Ordinal)}\n"), ran);
    }

    [Fact]
    public async Task Yaml_InTheFolderThatIsOpened_HasNoEffect()
    {
        await using var place = new Place();
        place.Write("notebooks/holdfast.yaml", "lab:\n  token: ''\n  allow-origin: '*'\n");

        await using var lab = await RunningLab.StartAsync(place.Start(Published.Path, "lab", "--no-browser", "--port", "0", place.Notebooks));

        Assert.Matches(@"^\?token=[0-9a-f]{48}$", lab.Link.Query);
    }

    [Fact]
    public async Task Secrets_AreNotShown()
    {
        await using var place = new Place();
        place.Set("JUPYTER_TOKEN", "swordfish");
        place.Write("config/jupyter_server_config.json", """{"IdentityProvider": {"hashed_password": "sha1:salt:mackerel"}}""");

        var shown = await place.RunAsync("config");

        Assert.DoesNotContain("swordfish", shown.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("mackerel", shown.Out, StringComparison.Ordinal);
        Assert.Matches("token +\\(set\\) +JUPYTER_TOKEN", shown.Out);
    }
}
