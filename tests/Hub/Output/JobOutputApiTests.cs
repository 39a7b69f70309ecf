using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Tests.People;

namespace Holdfast.Hub.Tests.Output;

public sealed class JobOutputApiTests : IAsyncLifetime
{
    private const string Notebook = """{"cells":[{"cell_type":"code","execution_count":1,"id":"a","metadata":{},"source":"print(1)","outputs":[{"output_type":"display_data","metadata":{},"data":{"text/html":"<script>parent.location='/account'</script>"}}]}],"metadata":{},"nbformat":4,"nbformat_minor":5}""";
    private PeopleHub _hub = null!;
    private HttpClient _ada = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await PeopleHub.StartAsync(TestContext.Current.CancellationToken);
        _ada = _hub.LogIn("ada");
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Artifacts_OfAJob_AreListedByPathAndByPage()
    {
        var job = _hub.Jobs.Put("leaves");
        foreach (var path in (string[])["metrics.jsonl", "model/weights.bin", "plots/b.png", "plots/a.svg", "run.ipynb", "checkpoints/10/complete", "checkpoints/20.tmp-host-1-ab/state"]) _hub.Jobs.Write(job, path, "content");

        var all = await JsonAsync($"jobs/{job.Id}/artifacts");
        var names = new List<string>();
        for (var after = ""; ;)
        {
            var page = await JsonAsync($"jobs/{job.Id}/artifacts?limit=2{after}");
            names.AddRange(page.GetProperty("artifacts").EnumerateArray().Select(artifact => artifact.GetProperty("path").GetString()!));
            if (page.GetProperty("next").GetString() is not { } next) break;
            after = $"&after={Uri.EscapeDataString(next)}";
        }

        string[] expected = ["checkpoints/10/complete", "metrics.jsonl", "model/weights.bin", "plots/a.svg", "plots/b.png", "run.ipynb"];
        Assert.Equal(expected, all.GetProperty("artifacts").EnumerateArray().Select(artifact => artifact.GetProperty("path").GetString()));
        Assert.Equal(["file", "text", "file", "image", "image", "notebook"], all.GetProperty("artifacts").EnumerateArray().Select(artifact => artifact.GetProperty("kind").GetString()));
        Assert.Equal(7, all.GetProperty("artifacts")[0].GetProperty("size").GetInt64());
        Assert.Equal(expected, names);
        foreach (var bad in (string[])["limit=0", "limit=1001", "limit=x"]) Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync($"jobs/{job.Id}/artifacts?{bad}")).StatusCode);
    }

    [Fact]
    public async Task Artifact_InPart_IsResumed()
    {
        var job = _hub.Jobs.Put("leaves");
        _hub.Jobs.Write(job, "model/weights é.bin", "0123456789");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/jobs/{job.Id}/artifacts/model/weights%20%C3%A9.bin") { Headers = { Range = new RangeHeaderValue(4, 6) } };

        var whole = await GetAsync($"jobs/{job.Id}/artifacts/model/weights%20%C3%A9.bin");
        var part = await _ada.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("0123456789", await whole.TextAsync());
        Assert.Equal("application/octet-stream", whole.Content.Headers.ContentType!.MediaType);
        Assert.Equal("attachment", whole.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal((HttpStatusCode.PartialContent, "456"), (part.StatusCode, await part.TextAsync()));
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("..%2Fsecret")]
    [InlineData("a/../../secret")]
    [InlineData("/etc/passwd")]
    [InlineData("out")]
    [InlineData("up")]
    [InlineData("folder/passwd")]
    [InlineData("pipe")]
    [InlineData("a")]
    public async Task Artifact_ThatLeadsOutOrIsNoFile_IsNotThere(string path)
    {
        var job = _hub.Jobs.Put("leaves");
        var folder = _hub.Jobs.FolderOf(job);
        _hub.Jobs.Write(job, "a/b", "b");
        await File.WriteAllTextAsync(Path.Combine(_hub.Folder, "secret"), "secret", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(folder)!, "secret"), "secret", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(folder, "out"), "/etc/passwd");
        File.CreateSymbolicLink(Path.Combine(folder, "up"), "../../../../secret");
        Directory.CreateSymbolicLink(Path.Combine(folder, "folder"), "/etc");
        using (var made = System.Diagnostics.Process.Start("mkfifo", Path.Combine(folder, "pipe"))) await made.WaitForExitAsync(TestContext.Current.CancellationToken);

        var answer = await GetAsync($"jobs/{job.Id}/artifacts/{path}?view=false");
        var list = await JsonAsync($"jobs/{job.Id}/artifacts");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("a/b", Assert.Single(list.GetProperty("artifacts").EnumerateArray()).GetProperty("path").GetString());
    }

    [Fact]
    public async Task Output_ThroughALinkThatLeadsOut_IsEmpty()
    {
        var job = _hub.Jobs.Put("leaves");
        _hub.Jobs.Write(job, "a", "a");
        Directory.Delete(Path.GetDirectoryName(_hub.Jobs.FolderOf(job))!, recursive: true);
        Directory.CreateDirectory(Path.Combine(_hub.Folder, "elsewhere", job.Id));
        await File.WriteAllTextAsync(Path.Combine(_hub.Folder, "elsewhere", job.Id, "secret"), "secret", TestContext.Current.CancellationToken);
        Directory.CreateSymbolicLink(Path.GetDirectoryName(_hub.Jobs.FolderOf(job))!, Path.Combine(_hub.Folder, "elsewhere"));

        Assert.Empty((await JsonAsync($"jobs/{job.Id}/artifacts")).GetProperty("artifacts").EnumerateArray());
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync($"jobs/{job.Id}/artifacts/secret")).StatusCode);
    }

    [Theory]
    [InlineData("a.html", "<script>alert(1)</script>", "text/html", true)]
    [InlineData("run.ipynb", Notebook, "text/html", true)]
    [InlineData("a.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml", false)]
    [InlineData("a.txt", "<script>alert(1)</script>", "text/plain", false)]
    [InlineData("metrics.jsonl", "{}", "text/plain", false)]
    public async Task Artifact_Viewed_IsOfASiteOfItsOwnWithoutANetwork(string path, string content, string type, bool runs)
    {
        var job = _hub.Jobs.Put("leaves");
        _hub.Jobs.Write(job, path, content);

        var answer = await GetAsync($"jobs/{job.Id}/artifacts/{path}?view=true");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        Assert.EndsWith(runs ? "; sandbox allow-scripts" : "; sandbox", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("allow-same-origin", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Notebook_OfAJobThatRuns_IsShownAnewUntilItsEnd()
    {
        var (running, over) = (_hub.Jobs.Put("leaves"), _hub.Jobs.Put("leaves", JobState.Succeeded));
        foreach (var job in (JobRecord[])[running, over]) _hub.Jobs.Write(job, "run.ipynb", Notebook);

        var live = await GetAsync($"jobs/{running.Id}/artifacts/run.ipynb?view=true");
        var still = await GetAsync($"jobs/{over.Id}/artifacts/run.ipynb?view=true");

        Assert.Contains("print", await live.TextAsync(), StringComparison.Ordinal);
        Assert.True(live.Headers.Contains("Refresh"));
        Assert.False(still.Headers.Contains("Refresh"));
        _hub.Jobs.Write(running, "run.ipynb", "{");
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync($"jobs/{running.Id}/artifacts/run.ipynb?view=true")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync($"jobs/{running.Id}/artifacts/weights.bin?view=true")).StatusCode);
    }

    [Fact]
    public async Task Zip_OfAJob_HasAllOfItsFiles()
    {
        var job = _hub.Jobs.Put("leaves");
        _hub.Jobs.Write(job, "a.txt", "a");
        _hub.Jobs.Write(job, "model/large.bin", new string('x', 3_000_000));

        var answer = await GetAsync($"jobs/{job.Id}/artifacts.zip");

        using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.Equal([("a.txt", 1), ("model/large.bin", 3_000_000)], zip.Entries.Select(entry => (entry.FullName, entry.Length)));
        Assert.Equal($"leaves-{job.Id}.zip", answer.Content.Headers.ContentDisposition!.FileNameStar);
    }

    [Fact]
    public async Task Metrics_AreReadOnFromWhereTheyWereRead()
    {
        var job = _hub.Jobs.Put("leaves");
        Assert.Empty((await JsonAsync($"jobs/{job.Id}/metrics")).GetProperty("series").EnumerateArray());
        _hub.Jobs.Write(job, "metrics.jsonl", """
            {"time":10,"step":1,"loss":3.5,"accuracy":0.1}
            {"time":11,"step":2,"loss":"NaN"}
            no json
            {"time":12,"step":3,"loss":2,"te
            """);

        var first = await JsonAsync($"jobs/{job.Id}/metrics");
        await File.AppendAllTextAsync(Path.Combine(_hub.Jobs.FolderOf(job), "metrics.jsonl"), "xt\":\"words\",\"more\":{\"a\":1}}\n{\"step\":4,\"loss\":1}\n", TestContext.Current.CancellationToken);
        var next = await JsonAsync($"jobs/{job.Id}/metrics?names=loss&from={first.GetProperty("position").GetInt64()}");
        var all = await JsonAsync($"jobs/{job.Id}/metrics?names=loss");

        Assert.Equal(["accuracy", "loss"], first.GetProperty("series").EnumerateArray().Select(series => series.GetProperty("name").GetString()));
        Assert.Equal((2, 1, 1), (Loss(first).GetProperty("count").GetInt32(), Loss(first).GetProperty("not_finite").GetInt32(), first.GetProperty("unread").GetInt32()));
        Assert.Equal([(3, 2), (4, 1)], Points(Loss(next)));
        Assert.Equal([(1, 3.5), (3, 2), (4, 1)], Points(Loss(all)));
        Assert.Equal(1, Loss(all).GetProperty("last").GetProperty("value").GetDouble());
        foreach (var bad in (string[])["from=x", "from=-1"]) Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync($"jobs/{job.Id}/metrics?{bad}")).StatusCode);
        Assert.Equal("run,step,time,accuracy,loss\r\n0,1,10,0.1,3.5\r\n0,2,11,,NaN\r\n0,3,12,,2\r\n0,4,0,,1\r\n", await (await GetAsync($"jobs/{job.Id}/metrics.csv")).TextAsync());

        static JsonElement Loss(JsonElement metrics) => metrics.GetProperty("series").EnumerateArray().Single(series => series.GetProperty("name").GetString() == "loss");

        static IEnumerable<(double, double)> Points(JsonElement series) => series.GetProperty("points").EnumerateArray().Select(point => (point.GetProperty("step").GetDouble(), point.GetProperty("value").GetDouble()));
    }

    [Fact]
    public async Task Output_OfSomebodyElse_IsNotThere()
    {
        var job = _hub.Jobs.Put("leaves", owner: "grace");
        _hub.Jobs.Write(job, "hidden.txt", "hidden");
        foreach (var path in (string[])["artifacts", "artifacts/hidden.txt", "artifacts/hidden.txt?view=true", "artifacts.zip", "metrics", "metrics.csv"])
        {
            var answer = await GetAsync($"jobs/{job.Id}/{path}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal(await answer.TextAsync(), (await (await GetAsync($"jobs/j99999999/{path}")).TextAsync()).Replace("j99999999", job.Id, StringComparison.Ordinal));
        }
    }

    private Task<HttpResponseMessage> GetAsync(string path) => _ada.GetAsync($"/api/v1/{path}", TestContext.Current.CancellationToken);

    private async Task<JsonElement> JsonAsync(string path) => JsonDocument.Parse(await (await GetAsync(path)).TextAsync()).RootElement;
}
