using System.Net;
using Holdfast.Lab.Access;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Access;

public sealed class AccessTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private static readonly string Hash = PasswordHash.Create("correct horse");

    [Theory]
    [InlineData("api", 200)]
    [InlineData("api/contents", 403)]
    [InlineData("api/kernels", 403)]
    [InlineData("lab/api/settings", 403)]
    [InlineData("files/a.txt", 302)]
    [InlineData("lab", 302)]
    [InlineData("login", 200)]
    [InlineData("favicon.ico", 200)]
    [InlineData("nowhere", 302)]
    public async Task Stranger_GetsOnlyWhatIsOpen(string path, int status)
    {
        await using var lab = await TestLab.StartAsync();
        using var stranger = lab.NewClient();
        var got = await lab.SendAsync(HttpMethod.Get, path, client: stranger);
        Assert.Equal(status, (int)got.Status);
        Assert.Equal("nosniff", got.Response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.False(got.Response.Headers.Contains("Server"));
        if (status == 302)
            Assert.Equal($"/login?next={Uri.EscapeDataString("/" + path)}", got.Response.Headers.Location!.OriginalString);
        if (status == 403)
            Assert.Equal("Forbidden", (string?)got.Body!["message"]);
        if (path.Contains("api", StringComparison.Ordinal))
            Assert.Contains("default-src 'none'", got.Response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("token " + TestLab.Token, 200)]
    [InlineData("Token " + TestLab.Token, 200)]
    [InlineData("bearer " + TestLab.Token, 200)]
    [InlineData("Basic " + TestLab.Token, 403)]
    [InlineData("token wrong", 403)]
    [InlineData("token ", 403)]
    public async Task Token_InTheHeader_IsChecked(string header, int status)
    {
        await using var lab = await TestLab.StartAsync();
        using var client = lab.NewClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", header);
        Assert.Equal(status, (int)(await lab.SendAsync(HttpMethod.Get, "api/contents", client: client)).Status);
    }

    [Fact]
    public async Task Token_InTheQuery_SetsACookieThatLogsIn()
    {
        await using var lab = await TestLab.StartAsync();
        var cookies = new CookieContainer();
        using var browser = lab.NewClient(cookies: cookies);
        var first = await lab.SendAsync(HttpMethod.Get, $"api/contents?token={TestLab.Token}", client: browser);
        Assert.Equal(HttpStatusCode.OK, first.Status);
        var cookie = Assert.Single(cookies.GetAllCookies(), cookie => cookie.Name.StartsWith("username-", StringComparison.Ordinal));
        Assert.Equal($"username-127-0-0-1-{lab.Address.Port}", cookie.Name);
        Assert.True(cookie.HttpOnly);
        Assert.Contains("samesite=lax", first.Response.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(HttpStatusCode.OK, (await lab.SendAsync(HttpMethod.Get, "api/contents", client: browser)).Status);
    }

    [Fact]
    public async Task Token_InTheHeader_LogsAPageInAndNoProgram()
    {
        await using var lab = await TestLab.StartAsync();
        var cookies = new CookieContainer();
        using var browser = lab.NewClient(TestLab.Token, cookies);
        await lab.SendAsync(HttpMethod.Get, "api/contents", client: browser);
        Assert.Empty(cookies.GetAllCookies());
        await lab.SendAsync(HttpMethod.Get, "lab", client: browser);
        Assert.Single(cookies.GetAllCookies(), cookie => cookie.Name.StartsWith("username-", StringComparison.Ordinal));
        using var without = lab.NewClient(cookies: cookies);
        var mine = (string?)(await lab.SendAsync(HttpMethod.Get, "api/me", client: without)).Body!["identity"]!["username"];
        Assert.Equal(mine, (string?)(await lab.SendAsync(HttpMethod.Get, "api/me", client: browser)).Body!["identity"]!["username"]);
        Assert.NotEqual(mine, (string?)(await lab.GetAsync("api/me")).Body!["identity"]!["username"]);
    }

    [Fact]
    public async Task PolicyReport_NeedsALoginAndNoOtherProof_AndLogsNoAddress()
    {
        var log = new MemoryLog();
        await using var lab = await TestLab.StartAsync(options => options with { BaseUrl = "/a%40b/" }, log: log);
        using var any = await lab.Client.GetAsync("api/contents", Cancel);
        Assert.Equal("frame-ancestors 'self'; report-uri /a%40b/api/security/csp-report; default-src 'none'", any.Headers.GetValues("Content-Security-Policy").Single());
        var report = """{"csp-report":{"document-uri":"http://x/?token=abc","effective-directive":"script-src-elem"}}""";
        var cookies = new CookieContainer();
        await LogInAsync(lab, cookies, TestLab.Token);
        using var browser = lab.NewClient(cookies: cookies);
        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Post, "api/security/csp-report", report, browser)).Status);
        Assert.Contains("script-src-elem", string.Join("\n", log.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain("token=abc", string.Join("\n", log.Lines), StringComparison.Ordinal);
        using var stranger = lab.NewClient();
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.SendAsync(HttpMethod.Post, "api/security/csp-report", report, stranger)).Status);
    }

    [Fact]
    public async Task Token_InTheQueryOfAPage_LeavesTheAddress()
    {
        await using var lab = await TestLab.StartAsync();
        using var browser = lab.NewClient();
        browser.DefaultRequestHeaders.Add("Accept", "text/html");
        var got = await lab.SendAsync(HttpMethod.Get, $"lab/tree/a%20b.ipynb?token={TestLab.Token}&reset=1", client: browser);
        Assert.Equal(HttpStatusCode.Redirect, got.Status);
        Assert.Equal("/lab/tree/a%20b.ipynb?reset=1", got.Response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Cookie_AfterAnotherPasswordOrToken_IsWorthNothing()
    {
        var lab = await TestLab.StartAsync(options => options with { PasswordHash = Hash });
        var cookies = new CookieContainer();
        await LogInAsync(lab, cookies, "correct horse");
        lab = await lab.RestartAsync(options => options with { PasswordHash = Hash, Port = lab.Address.Port });
        using (var same = lab.NewClient(cookies: cookies))
            Assert.Equal(HttpStatusCode.OK, (await lab.SendAsync(HttpMethod.Get, "api/contents", client: same)).Status);
        lab = await lab.RestartAsync(options => options with { PasswordHash = PasswordHash.Create("another"), Port = lab.Address.Port });
        using (var other = lab.NewClient(cookies: cookies))
            Assert.Equal(HttpStatusCode.Forbidden, (await lab.SendAsync(HttpMethod.Get, "api/contents", client: other)).Status);
        await lab.DisposeAsync();
    }

    [Fact]
    public async Task Cookie_Tampered_IsWorthNothing()
    {
        await using var lab = await TestLab.StartAsync();
        var cookies = new CookieContainer();
        await LogInAsync(lab, cookies, TestLab.Token);
        var cookie = cookies.GetAllCookies().Single(cookie => cookie.Name.StartsWith("username-", StringComparison.Ordinal));
        cookie.Value = cookie.Value.Replace(cookie.Value[40..44], "9999", StringComparison.Ordinal);
        using var browser = lab.NewClient(cookies: cookies);
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.SendAsync(HttpMethod.Get, "api/contents", client: browser)).Status);
    }

    [Theory]
    [InlineData(null, null, 403)]
    [InlineData("right", null, 201)]
    [InlineData("wrong", null, 403)]
    [InlineData("right", "own", 201)]
    [InlineData("right", "https://evil.example", 404)]
    [InlineData("right", "null", 404)]
    public async Task Write_WithCookie_NeedsProofThatItComesFromOurPage(string? xsrf, string? origin, int status)
    {
        await using var lab = await TestLab.StartAsync();
        var cookies = new CookieContainer();
        var known = await LogInAsync(lab, cookies, TestLab.Token);
        using var browser = lab.NewClient(cookies: cookies);
        if (xsrf is not null)
            browser.DefaultRequestHeaders.Add("X-XSRFToken", xsrf == "right" ? known : "0123");
        if (origin is not null)
            browser.DefaultRequestHeaders.Add("Origin", origin == "own" ? lab.Address.GetLeftPart(UriPartial.Authority) : origin);
        Assert.Equal(status, (int)(await lab.SendAsync(HttpMethod.Post, "api/contents", "{}", browser)).Status);
    }

    [Fact]
    public async Task Write_WithToken_NeedsNoOtherProof()
    {
        await using var lab = await TestLab.StartAsync();
        lab.Client.DefaultRequestHeaders.Add("Origin", "vscode-webview://abc");
        var done = await lab.SendAsync(HttpMethod.Post, "api/contents", "{}");
        Assert.Equal(HttpStatusCode.Created, done.Status);
        Assert.Equal("vscode-webview://abc", done.Response.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Theory]
    [InlineData("api/contents", "cors", 404)]
    [InlineData("files/f.txt", "no-cors", 404)]
    [InlineData("files/f.txt", "navigate", 200)]
    [InlineData("view/f.txt", "navigate", 200)]
    [InlineData("view/f.txt", "no-cors", 404)]
    [InlineData("nbconvert/script/n.ipynb", "no-cors", 404)]
    [InlineData("nbconvert/script/n.ipynb", "navigate", 200)]
    public async Task Read_EmbeddedInAnotherSite_IsRefused(string path, string mode, int status)
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("f.txt"), "x", Cancel);
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), """{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}""", Cancel);
        var cookies = new CookieContainer();
        await LogInAsync(lab, cookies, TestLab.Token);
        using var browser = lab.NewClient(cookies: cookies);
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Site", "same-site");
        browser.DefaultRequestHeaders.Add("Sec-Fetch-Mode", mode);
        Assert.Equal(status, (int)(await lab.SendAsync(HttpMethod.Get, path, client: browser)).Status);
    }

    [Theory]
    [InlineData("localhost:1", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:8888", 200)]
    [InlineData("evil.example", 403)]
    [InlineData("localhost.evil.example", 403)]
    [InlineData("192.168.0.7", 403)]
    public async Task Host_OfAnotherName_IsRefusedOnLoopback(string host, int status)
    {
        await using var lab = await TestLab.StartAsync();
        lab.Client.DefaultRequestHeaders.Host = host;
        Assert.Equal(status, (int)(await lab.GetAsync("api")).Status);
    }

    [Fact]
    public async Task Host_OfAnotherName_WorksWhereItWasAllowed()
    {
        await using var lab = await TestLab.StartAsync(options => options with { AllowRemoteHosts = true });
        lab.Client.DefaultRequestHeaders.Host = "gpu.example";
        Assert.Equal(HttpStatusCode.OK, (await lab.GetAsync("api")).Status);
    }

    [Theory]
    [InlineData("/lab/tree/a", "/lab/tree/a")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("", "/")]
    public async Task Login_LeadsNowhereElse(string next, string location)
    {
        await using var lab = await TestLab.StartAsync(options => options with { PasswordHash = Hash });
        using var browser = lab.NewClient(cookies: new CookieContainer());
        var done = await SubmitAsync(browser, "correct horse", "?next=" + Uri.EscapeDataString(next));
        Assert.Equal((HttpStatusCode.Redirect, location), (done.StatusCode, done.Headers.Location!.OriginalString));
    }

    [Fact]
    public async Task Login_WithTheWrongPassword_SaysSoAndSlowsDown()
    {
        await using var lab = await TestLab.StartAsync();
        using var browser = lab.NewClient(cookies: new CookieContainer());
        for (var attempt = 0; attempt < 10; attempt++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await SubmitAsync(browser, "wrong")).StatusCode);
        var slow = await SubmitAsync(browser, TestLab.Token);
        Assert.Equal(HttpStatusCode.TooManyRequests, slow.StatusCode);
        Assert.True(slow.Headers.RetryAfter!.Delta > TimeSpan.Zero);
    }

    [Fact]
    public async Task Login_WithAHugePassword_IsRefusedBeforeHashing()
    {
        await using var lab = await TestLab.StartAsync(options => options with { PasswordHash = Hash });
        using var browser = lab.NewClient(cookies: new CookieContainer());
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SubmitAsync(browser, new string('x', 2000))).StatusCode);
        Assert.NotEqual(HttpStatusCode.Redirect, (await SubmitAsync(browser, new string('x', 200_000))).StatusCode);
    }

    [Fact]
    public async Task Login_WhereNoneIsNeeded_GivesItsCookiesAsVsCodeExpectsThem()
    {
        await using var lab = await TestLab.StartAsync(options => options with { Token = "" });
        var cookies = new CookieContainer();
        using var client = lab.NewClient(cookies: cookies);

        using var shown = await client.GetAsync("login?", Cancel);
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        var xsrf = cookies.GetAllCookies().Single(cookie => cookie.Name == "_xsrf").Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["_xsrf"] = xsrf, ["password"] = "" });
        using var login = await client.PostAsync("login?", form, Cancel);
        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
        client.DefaultRequestHeaders.Add("X-XSRFToken", xsrf);
        Assert.Equal(HttpStatusCode.Created, (await lab.SendAsync(HttpMethod.Post, "api/contents", "{}", client)).Status);
    }

    [Fact]
    public async Task Logout_TakesTheCookieAway()
    {
        await using var lab = await TestLab.StartAsync();
        var cookies = new CookieContainer();
        await LogInAsync(lab, cookies, TestLab.Token);
        using var browser = lab.NewClient(cookies: cookies);
        Assert.Equal(HttpStatusCode.OK, (await lab.SendAsync(HttpMethod.Get, "logout", client: browser)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.SendAsync(HttpMethod.Get, "api/contents", client: browser)).Status);
    }

    [Fact]
    public async Task CookieSecret_IsReadableByItsOwnerOnly()
    {
        await using var lab = await TestLab.StartAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Join(lab.Options.StateFolder, "cookie-secret")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(lab.Options.StateFolder));
    }

    [Fact]
    public async Task KeptToken_IsTheSameAtTheNextStart_AndReadableByItsOwnerOnly()
    {
        await using var lab = await TestLab.StartAsync();
        var token = LabToken.Kept(lab.Options.StateFolder);
        Assert.Equal(48, token.Length);
        Assert.Equal(token, LabToken.Kept(lab.Options.StateFolder));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Join(lab.Options.StateFolder, "token-secret")));
    }

    [Fact]
    public async Task Log_OfManyRequests_HoldsNoTokenAndNoCookie()
    {
        using var log = new MemoryLog();
        await using var lab = await TestLab.StartAsync(log: log);
        var cookies = new CookieContainer();
        await LogInAsync(lab, cookies, TestLab.Token);
        using var browser = lab.NewClient(cookies: cookies);
        await lab.SendAsync(HttpMethod.Get, $"api/contents?token={TestLab.Token}", client: browser);
        await lab.SendAsync(HttpMethod.Post, $"api/contents?wrong={TestLab.Token}", "{}", browser);
        await lab.PutAsync($"api/contents/f?token={TestLab.Token}", """{"type":"file","format":"text","content":"x"}""");
        Assert.NotEmpty(log.Lines);
        foreach (var secret in cookies.GetAllCookies().Select(cookie => cookie.Value).Append(TestLab.Token))
            Assert.DoesNotContain(log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task BaseUrl_WithEncodedCharacters_HoldsEverything()
    {
        await using var lab = await TestLab.StartAsync(options => options with { BaseUrl = "/any@thing/" });
        Assert.EndsWith("/any%40thing/", lab.Address.AbsoluteUri, StringComparison.Ordinal);
        var made = await lab.SendAsync(HttpMethod.Post, "api/contents", "{}");
        Assert.Equal("/any%40thing/api/contents/untitled", made.Response.Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await lab.GetAsync("/any%40thing/api/contents/untitled")).Status);
        Assert.Equal(HttpStatusCode.OK, (await lab.GetAsync("/any@thing/api")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.GetAsync("/api")).Status);
        Assert.Equal("/any%40thing/", (await lab.GetAsync("/")).Response.Headers.Location!.OriginalString);
    }

    private static async Task<string> LogInAsync(TestLab lab, CookieContainer cookies, string password)
    {
        using var browser = lab.NewClient(cookies: cookies);
        Assert.Equal(HttpStatusCode.Redirect, (await SubmitAsync(browser, password)).StatusCode);
        return cookies.GetAllCookies().Single(cookie => cookie.Name == "_xsrf").Value;
    }

    /// <summary>As a browser does: the form is loaded, then sent with what it holds.</summary>
    private static async Task<HttpResponseMessage> SubmitAsync(HttpClient browser, string password, string query = "")
    {
        var form = await browser.GetStringAsync("login" + query, Cancel);
        const string Marker = "name=\"_xsrf\" value=\"";
        var start = form.IndexOf(Marker, StringComparison.Ordinal) + Marker.Length;
        var fields = new Dictionary<string, string> { ["_xsrf"] = form[start..form.IndexOf('"', start)], ["password"] = password };
        using var content = new FormUrlEncodedContent(fields);
        return await browser.PostAsync("login" + query, content, Cancel);
    }

    [Fact]
    public async Task Token_InTheQueryOfAnotherSitesPath_LeadsIntoTheLab()
    {
        await using var lab = await TestLab.StartAsync();
        using var browser = lab.NewClient();
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        using var got = await browser.GetAsync($"{lab.Address.GetLeftPart(UriPartial.Authority)}//evil.example/lab?token={TestLab.Token}", Cancel);
        Assert.Equal("/", got.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Login_BodyThatIsNoForm_IsRefused()
    {
        await using var lab = await TestLab.StartAsync();
        using var body = new StringContent("{}");
        using var got = await lab.Client.PostAsync("login", body, Cancel);
        Assert.Equal(413, (int)got.StatusCode);
    }
}
