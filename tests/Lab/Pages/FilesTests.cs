using System.Net;
using System.Net.Http.Headers;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.Pages;

public sealed class FilesTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_InTheFolder_IsSandboxed()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("a.html"), "<script>1</script>", Cancel);
        var got = await lab.Client.GetAsync("files/a.html", Cancel);
        Assert.Equal("text/html", got.Content.Headers.ContentType!.MediaType);
        Assert.Contains("sandbox allow-scripts", got.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", got.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Null(got.Content.Headers.ContentDisposition);
        var download = await lab.Client.GetAsync("files/a.html?download=1", Cancel);
        Assert.Equal("attachment; filename*=utf-8''a.html", download.Content.Headers.ContentDisposition!.ToString());
    }

    [Theory]
    [InlineData("a b#.html", 200)]
    [InlineData("none.html", 404)]
    [InlineData("folder", 404)]
    [InlineData(".hidden.html", 404)]
    public async Task View_ShowsAFileInASandboxedFrame(string name, int status)
    {
        await using var lab = await TestLab.StartAsync(options => options with { BaseUrl = "/a%40b/" });
        Directory.CreateDirectory(lab.PathOf("folder"));
        foreach (var there in (string[])["a b#.html", ".hidden.html"])
            await File.WriteAllTextAsync(lab.PathOf(there), "x", Cancel);
        using var got = await lab.Client.GetAsync("view/" + Uri.EscapeDataString(name), Cancel);
        Assert.Equal(status, (int)got.StatusCode);
        if (status == 200)
            Assert.Contains("<iframe sandbox=\"allow-scripts\" title=\"a b#.html\" src=\"/a%40b/files/a%20b%23.html\">", await got.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task File_ThatTheClientHas_IsNotSentAgain()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("a.txt"), "one", Cancel);
        var first = await lab.Client.GetAsync("files/a.txt", Cancel);
        Assert.Equal(HttpStatusCode.NotModified, (await Ask(request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!))).StatusCode);
        Assert.Equal(HttpStatusCode.NotModified, (await Ask(request => request.Headers.IfModifiedSince = first.Content.Headers.LastModified)).StatusCode);
        await File.WriteAllTextAsync(lab.PathOf("a.txt"), "another", Cancel);
        Assert.Equal(HttpStatusCode.OK, (await Ask(request => request.Headers.IfNoneMatch.Add(first.Headers.ETag!))).StatusCode);

        async Task<HttpResponseMessage> Ask(Action<HttpRequestMessage> change)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "files/a.txt");
            change(request);
            return await lab.Client.SendAsync(request, Cancel);
        }
    }

    [Theory]
    [InlineData(2, 4L, "234", 206, "bytes 2-4/10")]
    [InlineData(7, null, "789", 206, "bytes 7-9/10")]
    [InlineData(null, 3L, "789", 206, "bytes 7-9/10")]
    [InlineData(8, 99L, "89", 206, "bytes 8-9/10")]
    [InlineData(10, null, "", 416, "bytes */10")]
    public async Task Range_IsCutOut(int? from, long? to, string expected, int status, string range)
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("a.bin"), "0123456789", Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, "files/a.bin");
        request.Headers.Range = new RangeHeaderValue(from, to);
        var got = await lab.Client.SendAsync(request, Cancel);
        Assert.Equal(status, (int)got.StatusCode);
        Assert.Equal(range, got.Content.Headers.ContentRange!.ToString());
        if (status == 206)
            Assert.Equal(expected, await got.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData("files/.hidden", 404)]
    [InlineData("files/folder", 403)]
    [InlineData("files/none", 404)]
    [InlineData("files/..%2fstate%2fcookie-secret", 404)]
    public async Task File_ThatIsNotToBeSeen_IsRefused(string path, int status)
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf(".hidden"), "x", Cancel);
        Directory.CreateDirectory(lab.PathOf("folder"));
        Assert.Equal(status, (int)(await lab.Client.GetAsync(path, Cancel)).StatusCode);
    }

    [Fact]
    public async Task Head_GivesTheHeadersOnly()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("ä b.csv"), "1,2", Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Head, "files/%C3%A4%20b.csv");
        var got = await lab.Client.SendAsync(request, Cancel);
        Assert.Equal((HttpStatusCode.OK, 3L, "text/csv"), (got.StatusCode, got.Content.Headers.ContentLength, got.Content.Headers.ContentType!.MediaType));
    }
}
