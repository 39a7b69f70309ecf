using System.Net;
using System.Text;
using Holdfast.Lab.Tests.Hosting;

namespace Holdfast.Lab.Tests.NbConvert;

public sealed class NbConvertTests
{
    private const string Notebook = """{"cells":[{"cell_type":"markdown","metadata":{},"source":"# Title"},{"cell_type":"code","execution_count":1,"metadata":{},"outputs":[],"source":["x = 1\n","!ls"]}],"metadata":{},"nbformat":4,"nbformat_minor":4}""";
    private const string Script = "#!/usr/bin/env python\n# coding: utf-8\n\n# # Title\n\n# In[1]:\n\n\nx = 1\nget_ipython().system('ls')\n\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Formats_AreListedWithTheirMimeTypes()
    {
        await using var lab = await TestLab.StartAsync();
        var (status, formats, _) = await lab.GetAsync("api/nbconvert");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("application/json", (string?)formats!["notebook"]!["output_mimetype"]);
        Assert.Contains("script", formats.Select(format => format.Key));
        Assert.Contains("percent", formats.Select(format => format.Key));
        Assert.All(formats, format => Assert.NotNull(format.Value!["output_mimetype"]));
    }

    [Theory]
    [InlineData("script", "text/x-python", "train%20%C3%A9.py", Script)]
    [InlineData("python", "text/x-python", "train%20%C3%A9.py", Script)]
    [InlineData("notebook", "application/json", "train%20%C3%A9.ipynb", Notebook)]
    public async Task Notebook_OfTheFolder_IsSentInTheFormat(string format, string type, string name, string text)
    {
        await using var lab = await TestLab.StartAsync();
        Directory.CreateDirectory(lab.PathOf("a b"));
        await File.WriteAllTextAsync(lab.PathOf("a b/train é.ipynb"), Notebook, Cancel);

        var got = await lab.Client.GetAsync($"nbconvert/{format}/a%20b/train%20%C3%A9.ipynb?download=true", Cancel);

        Assert.Equal(HttpStatusCode.OK, got.StatusCode);
        Assert.Equal(text, await got.Content.ReadAsStringAsync(Cancel));
        Assert.Equal($"{type}; charset=utf-8", got.Content.Headers.ContentType!.ToString());
        Assert.Equal($"attachment; filename*=utf-8''{name}", got.Content.Headers.ContentDisposition!.ToString());
        Assert.Contains("sandbox allow-scripts", got.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var shown = await lab.Client.GetAsync($"nbconvert/{format}/a%20b/train%20%C3%A9.ipynb", Cancel);
        Assert.Null(shown.Content.Headers.ContentDisposition);
    }

    [Fact]
    public async Task Notebook_ThatIsSent_ComesBackInTheFormat()
    {
        await using var lab = await TestLab.StartAsync();
        var (status, _, response) = await lab.SendAsync(HttpMethod.Post, "nbconvert/script", $$"""{"name":"a.ipynb","content":{{Notebook}}}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(Script, await response.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData("nbconvert/no/a.ipynb", 404, "No exporter for format: no.")]
    [InlineData("nbconvert/script/none.ipynb", 404, "&#x27;none.ipynb&#x27; does not exist")]
    [InlineData("nbconvert/script/.hidden.ipynb", 404, "does not exist")]
    [InlineData("nbconvert/script/..%2fstate%2fcookie-secret", 404, "does not exist")]
    [InlineData("nbconvert/script/bad.ipynb", 400, "Unreadable Notebook: bad.ipynb. Line 1, column 1: ")]
    public async Task Page_OfWhatCannotBe_SaysWhy(string path, int status, string message)
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf(".hidden.ipynb"), Notebook, Cancel);
        await File.WriteAllTextAsync(lab.PathOf("bad.ipynb"), "no", Cancel);
        var got = await lab.Client.GetAsync(path, Cancel);
        Assert.Equal(status, (int)got.StatusCode);
        Assert.Equal("text/html", got.Content.Headers.ContentType!.MediaType);
        Assert.Contains(message, await got.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no", "{}", 404)]
    [InlineData("script", "{}", 400)]
    [InlineData("script", "[]", 400)]
    [InlineData("script", """{"content":{"cells":1}}""", 400)]
    public async Task Body_ThatIsNoNotebook_IsRefused(string format, string body, int status)
    {
        await using var lab = await TestLab.StartAsync();
        var (got, error, _) = await lab.SendAsync(HttpMethod.Post, $"nbconvert/{format}", body);
        Assert.Equal(status, (int)got);
        Assert.NotNull((string?)error!["message"]);
    }

    [Fact]
    public async Task File_ThatIsNoNotebook_IsFoundAmongTheFiles()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("a b.txt"), "x", Cancel);
        var got = await lab.Client.GetAsync("nbconvert/script/a%20b.txt", Cancel);
        Assert.Equal(HttpStatusCode.Redirect, got.StatusCode);
        Assert.Equal("/files/a%20b.txt", got.Headers.Location!.ToString());
    }

    [Fact]
    public async Task Markdown_WithPictures_ComesAsAZipFile()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("plot.ipynb"), """{"cells":[{"cell_type":"code","execution_count":1,"metadata":{},"outputs":[{"output_type":"display_data","data":{"image/png":"iVBORw0KGgo="},"metadata":{}}],"source":"plot()"}],"metadata":{},"nbformat":4,"nbformat_minor":4}""", Cancel);
        var got = await lab.Client.GetAsync("nbconvert/markdown/plot.ipynb", Cancel);
        Assert.Equal("application/zip", got.Content.Headers.ContentType!.ToString());
        Assert.Equal("attachment; filename*=utf-8''plot.zip", got.Content.Headers.ContentDisposition!.ToString());
        using var zip = new System.IO.Compression.ZipArchive(await got.Content.ReadAsStreamAsync(Cancel));
        Assert.Equal(["plot.md", "plot_files/plot_0_0.png"], zip.Entries.Select(entry => entry.FullName));
    }

    [Fact]
    public async Task Page_OfANotebook_IsSandboxed()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("a.ipynb"), Notebook, Cancel);
        var got = await lab.Client.GetAsync("nbconvert/html/a.ipynb", Cancel);
        Assert.Equal("text/html; charset=utf-8", got.Content.Headers.ContentType!.ToString());
        Assert.Contains("sandbox allow-scripts", got.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains("<title>Title", await got.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InstalledNbConvert_AddsItsFormats()
    {
        await using var lab = await WithNbConvertAsync();
        await File.WriteAllTextAsync(lab.PathOf("a talk.ipynb"), Notebook, Cancel);

        var (_, formats, _) = await lab.GetAsync("api/nbconvert");
        Assert.Equal(["html", "markdown", "notebook", "percent", "script"], formats!.Take(5).Select(format => format.Key));
        Assert.Equal("text/html", (string?)formats!["slides"]!["output_mimetype"]);
        Assert.Equal("application/pdf", (string?)formats["pdf"]!["output_mimetype"]);
        var got = await lab.Client.GetAsync("nbconvert/slides/a%20talk.ipynb?download=true", Cancel);
        var slides = await got.Content.ReadAsStringAsync(Cancel);
        Assert.True(got.StatusCode == HttpStatusCode.OK, slides);
        Assert.Equal("attachment; filename*=utf-8''a%20talk.slides.html", got.Content.Headers.ContentDisposition!.ToString());
        Assert.Contains("Reveal", slides, StringComparison.Ordinal);
        Assert.Contains("sandbox allow-scripts", got.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task InstalledNbConvert_ThatFails_SaysWhy()
    {
        await using var lab = await WithNbConvertAsync();
        var (status, error, _) = await lab.SendAsync(HttpMethod.Post, "nbconvert/webpdf", $$"""{"name":"a.ipynb","content":{{Notebook}}}""");
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.StartsWith("nbconvert failed: nbconvert ended with exit code 1.", (string?)error!["message"], StringComparison.Ordinal);
        Assert.Contains("yppeteer", (string?)error["message"], StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(Path.GetTempPath(), "holdfast-nbconvert-*"));
    }

    private static Task<TestLab> WithNbConvertAsync()
    {
        if (!Directory.Exists("/usr/lib/python3/dist-packages/nbconvert"))
            Assert.Skip("python3-nbconvert is not installed.");
        return TestLab.StartAsync(options => options with { Environment = new Dictionary<string, string>(options.Environment) { ["PATH"] = "/usr/bin:/bin" } });
    }

    [Fact]
    public async Task Stranger_GetsNothing()
    {
        await using var lab = await TestLab.StartAsync();
        await File.WriteAllTextAsync(lab.PathOf("a.ipynb"), Notebook, Cancel);
        using var stranger = lab.NewClient();
        Assert.Equal(HttpStatusCode.Redirect, (await stranger.GetAsync("nbconvert/script/a.ipynb", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.GetAsync("api/nbconvert", Cancel)).StatusCode);
        using var body = new StringContent("{}", Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.PostAsync("nbconvert/script", body, Cancel)).StatusCode);
    }
}
