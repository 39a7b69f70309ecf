using System.Net;
using System.Net.Sockets;
using System.Text;
using Holdfast.Lab.Access;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Access;

/// <summary>What must not work: each was a published hole of a notebook server.</summary>
public sealed class HolesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/files/../../root-evil/f.txt")]
    [InlineData("/files/..%2f..%2froot-evil/f.txt")]
    [InlineData("/files/..%2froot-evil%2ff.txt")]
    [InlineData("/files/%2e%2e/root-evil/f.txt")]
    [InlineData("/files/d/%2E%2E/%2e./root-evil/f.txt")]
    [InlineData("/api/contents/../root-evil/f.txt")]
    [InlineData("/api/contents/..%2froot-evil%2ff.txt")]
    [InlineData("/api/contents/%2e%2e/root-evil/f.txt")]
    [InlineData("/api/contents//../root-evil/f.txt")]
    [InlineData("/api/contents/-evil/f.txt")]
    [InlineData("/view/..%2froot-evil%2ff.txt")]
    [InlineData("/nbconvert/script/..%2froot-evil%2fn.ipynb")]
    [InlineData("/static/lab/..%2f..%2froot-evil%2ff.txt")]
    [InlineData("/lab/extensions/..%2f..%2froot-evil%2ff.txt")]
    [InlineData("/lab/api/themes/..%2f..%2froot-evil%2ff.txt")]
    [InlineData("/files/d%00/../../root-evil/f.txt")]
    public async Task Path_OutOfTheRoot_ReachesNothing(string target)
    {
        await using var lab = await TestLab.StartAsync();
        Directory.CreateDirectory(lab.PathOf("d"));
        var evil = Directory.CreateDirectory(lab.Root + "-evil").FullName;
        await File.WriteAllTextAsync(Path.Join(evil, "f.txt"), "a secret beside the root", Cancel);
        await File.WriteAllTextAsync(Path.Join(evil, "n.ipynb"), """{"cells":[{"cell_type":"code","source":"a secret beside the root","metadata":{},"outputs":[]}],"metadata":{},"nbformat":4,"nbformat_minor":5}""", Cancel);
        var answer = await SendRawAsync(lab, $"GET {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: token {TestLab.Token}\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 4(00|04) ", answer);
        Assert.DoesNotContain("secret", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://trusted.example.evil.example")]
    [InlineData("https://trusted.example:9999")]
    [InlineData("https://eviltrusted.example")]
    [InlineData("http://trusted.example")]
    [InlineData("https://trusted.example@evil.example")]
    [InlineData("null")]
    public async Task Origin_ThatHasOnlyAPartOfTheAllowedOne_IsRefused(string origin)
    {
        await using var lab = await TestLab.StartAsync(options => options with { AllowOrigin = "https://trusted.example", Token = "" });
        Assert.Equal(HttpStatusCode.OK, await AskAsync("https://trusted.example"));
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(origin));

        async Task<HttpStatusCode> AskAsync(string from)
        {
            using var client = lab.NewClient();
            client.DefaultRequestHeaders.TryAddWithoutValidation("Origin", from);
            return (await lab.SendAsync(HttpMethod.Get, "api/contents", client: client)).Status;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StateFolder_BelowTheRoot_IsNotReadableThroughTheLab(bool allowHidden)
    {
        await using var lab = await TestLab.StartAsync(options => options with { StateFolder = Path.Join(options.Root, ".state"), AllowHidden = allowHidden });
        Assert.True(File.Exists(lab.PathOf(".state/cookie-secret")));
        foreach (var path in (string[])["api/contents/.state/cookie-secret", "api/contents/.state", "files/.state/cookie-secret", "view/.state/cookie-secret", "api/contents/d%2f..%2f.state/cookie-secret"])
            Assert.Equal(HttpStatusCode.NotFound, (await lab.GetAsync(path)).Status);
        var copied = await lab.SendAsync(HttpMethod.Post, "api/contents", """{"copy_from":".state/cookie-secret"}""");
        Assert.True(copied.Status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound, copied.Status.ToString());
    }

    [Theory]
    [InlineData("files/a.html", "sandbox allow-scripts")]
    [InlineData("files/a.svg", "sandbox allow-scripts")]
    [InlineData("nbconvert/script/n.ipynb", "sandbox allow-scripts")]
    [InlineData("nbconvert/html/n.ipynb", "sandbox allow-scripts")]
    [InlineData("view/a.html", "default-src 'none'")]
    [InlineData("api/contents/a.html", "default-src 'none'")]
    public async Task WorkOfOthers_OpenedHere_HasNoRightsOfTheUsers(string path, string policy)
    {
        await using var lab = await TestLab.StartAsync();
        foreach (var name in (string[])["a.html", "a.svg"])
            await File.WriteAllTextAsync(lab.PathOf(name), "<script>fetch('/api/contents')</script>", Cancel);
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), """{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}""", Cancel);
        using var got = await lab.Client.GetAsync(path, Cancel);
        Assert.Equal(HttpStatusCode.OK, got.StatusCode);
        var csp = got.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains(policy, csp, StringComparison.Ordinal);
        Assert.DoesNotContain("allow-same-origin", csp, StringComparison.Ordinal);
        Assert.Equal("nosniff", got.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("same-origin", got.Headers.GetValues("Referrer-Policy").Single());
    }

    /// <summary>Found by bench/Fuzz: a header takes letters of ASCII only.</summary>
    [Fact]
    public async Task Login_NextInAnyScript_LeadsThere()
    {
        await using var lab = await TestLab.StartAsync();
        using var got = await lab.Client.GetAsync("login?next=" + Uri.EscapeDataString("/lab/tree/мой блокнот🦑.ipynb?a=1#é"), Cancel);
        Assert.Equal(HttpStatusCode.Redirect, got.StatusCode);
        Assert.Equal("/lab/tree/%D0%BC%D0%BE%D0%B9 %D0%B1%D0%BB%D0%BE%D0%BA%D0%BD%D0%BE%D1%82%F0%9F%A6%91.ipynb?a=1#%C3%A9", got.Headers.Location!.OriginalString);
    }

    /// <summary>Found by bench/Fuzz: JSON that can be read, with a text in it that cannot.</summary>
    [Theory]
    [InlineData("PUT", "api/contents/f.txt", """{"type":"file","format":"text","content":"\ud800"}""")]
    [InlineData("PATCH", "api/contents/f.txt", """{"path":"\ud800"}""")]
    [InlineData("POST", "api/contents", """{"copy_from":"\udc00.txt"}""")]
    [InlineData("PATCH", "api/me", """{"\ud800":1}""")]
    [InlineData("PUT", "lab/api/settings/@jupyterlab/a:b", """{"raw":"\ud800"}""")]
    [InlineData("PUT", "lab/api/workspaces/w", """{"data":{},"metadata":{"id":"\ud800"}}""")]
    public async Task Body_HalfOfASurrogatePair_Is400(string method, string path, string body)
    {
        await using var lab = await TestLab.StartAsync();
        var (status, answer, _) = await lab.SendAsync(new HttpMethod(method), path, body);
        Assert.InRange((int)status, 400, 404);
        Assert.NotNull(answer!["message"]);
    }

    [Fact]
    public async Task Request_PastALimit_IsRefusedByName()
    {
        await using var lab = await TestLab.StartAsync();
        var cookies = string.Concat(Enumerable.Repeat("a=0123456789; ", 4000));
        Assert.StartsWith("HTTP/1.1 431 ", await SendRawAsync(lab, $"GET /api HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 414 ", await SendRawAsync(lab, $"GET /{new string('a', 9000)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        var body = await SendRawAsync(lab, $"PUT /lab/api/workspaces/w HTTP/1.1\r\nHost: localhost\r\nAuthorization: token {TestLab.Token}\r\nContent-Length: {65 << 20}\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413 ", body, StringComparison.Ordinal);
        Assert.Contains("Request too large", body, StringComparison.Ordinal);
    }

    /// <summary>Whatever is tried with passwords, tokens and cookies, none of them is in a log or in a file that others could be shown.</summary>
    [Fact]
    public async Task Secrets_OfEveryWayToLogIn_AreInNoLogAndNoFile()
    {
        const string Password = "low-water-springs", Wrong = "high-water-neaps";
        using var log = new MemoryLog();
        await using var lab = await TestLab.StartAsync(options => options with { PasswordHash = PasswordHash.Create(Password) }, log: log);
        var cookies = new CookieContainer();
        using var browser = lab.NewClient(cookies: cookies);
        using (await browser.GetAsync("login", Cancel)) { }
        foreach (var tried in (string[])[Wrong, Password])
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["password"] = tried, ["_xsrf"] = cookies.GetCookies(lab.Address)["_xsrf"]?.Value ?? "" });
            using var answer = await browser.PostAsync("login?next=/lab", form, Cancel);
            Assert.Equal(tried == Password ? HttpStatusCode.Redirect : HttpStatusCode.Unauthorized, answer.StatusCode);
        }
        using (await browser.GetAsync($"lab?token={TestLab.Token}", Cancel)) { }
        using (await browser.GetAsync($"api/events/subscribe?token={TestLab.Token}", Cancel)) { }
        using (await lab.Client.PutAsync($"api/contents/a.txt?token={TestLab.Token}", new StringContent("{"), Cancel)) { }
        using (await browser.GetAsync("logout", Cancel)) { }

        Assert.NotEmpty(log.Lines);
        string[] secrets = [Password, Wrong, TestLab.Token, .. cookies.GetAllCookies().Select(cookie => cookie.Value).Where(value => value.Length > 8)];
        Assert.Equal(4, secrets.Length);
        var files = Directory.EnumerateFiles(Path.GetDirectoryName(lab.Root)!, "*", SearchOption.AllDirectories).Select(file => (file, Encoding.Latin1.GetString(File.ReadAllBytes(file)))).ToList();
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(files, file => file.Item2.Contains(secret, StringComparison.Ordinal));
        }
    }

    private static async Task<string> SendRawAsync(TestLab lab, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, lab.Address.Port, Cancel);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Cancel);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(Cancel);
    }
}
