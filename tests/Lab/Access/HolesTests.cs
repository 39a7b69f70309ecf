using System.Net;
using System.Net.Sockets;
using System.Text;
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
