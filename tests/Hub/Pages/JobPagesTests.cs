using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Tests.People;

namespace Holdfast.Hub.Tests.Pages;

public sealed class JobPagesTests : IAsyncLifetime
{
    private PeopleHub _hub = null!;
    private HttpClient _ada = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await PeopleHub.StartAsync(TestContext.Current.CancellationToken);
        _ada = _hub.LogIn("ada");
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Jobs_WithoutOne_TellTheNextStep() => Assert.Contains("holdfast job submit", await OpenAsync("/jobs"), StringComparison.Ordinal);

    [Fact]
    public async Task Jobs_AreListedByStateWithReasonAndPosition()
    {
        _hub.Jobs.Put("good", JobState.Succeeded);
        _hub.Jobs.Put("large", JobState.Failed, with: job => job with { Reason = JobReason.OutOfMemory, ExitCode = 137 });
        _hub.Jobs.Put("next", JobState.Queued, view: view => view with { Position = 3, EstimatedStart = _hub.Clock.GetUtcNow().AddMinutes(12) });
        _hub.Jobs.Put("others", JobState.Running, owner: "grace");

        var all = await OpenAsync("/jobs");
        var failed = await OpenAsync("/jobs?state=failed");

        foreach (var part in (string[])["good", "large", "out of memory", "3 before it, in about 12 min", "0.25 USD"]) Assert.Contains(part, all, StringComparison.Ordinal);
        Assert.DoesNotContain("others", all, StringComparison.Ordinal);
        Assert.Contains("others", await (await _hub.LogIn("root", isAdmin: true).OpenAsync("/jobs")).TextAsync(), StringComparison.Ordinal);
        Assert.Contains("large", failed, StringComparison.Ordinal);
        Assert.DoesNotContain(">good<", failed, StringComparison.Ordinal);
        Assert.Contains("No job is timed out", await OpenAsync("/jobs?state=timed%20out"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jobs_Many_AreShownByPage()
    {
        for (var number = 0; number < 60; number++) _hub.Jobs.Put($"job-{number}", JobState.Succeeded);

        var first = await OpenAsync("/jobs");
        var next = await OpenAsync(WebUtility.HtmlDecode(Regex.Match(first, "href=\"(/jobs\\?before=[^\"]+)\"").Groups[1].Value));

        Assert.Contains(">job-59<", first, StringComparison.Ordinal);
        Assert.DoesNotContain(">job-9<", first, StringComparison.Ordinal);
        Assert.Contains(">job-0<", next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_ShowsWhyCurvesOutputAndLog()
    {
        var job = _hub.Jobs.Put("leaves", JobState.Failed, with: record => record with
        {
            Spec = record.Spec with { Command = ["python", "train it.py", "<b>"], Parameters = Parameters("""{"lr":0.1,"tag":"<i>"}"""), Notebook = "train.ipynb" },
            Reason = JobReason.ExitedWithError,
            Message = "It ended with exit code 3; <mend>.",
            ExitCode = 3,
            Started = DateTimeOffset.UnixEpoch,
            Ended = DateTimeOffset.UnixEpoch.AddMinutes(5),
            Attempts = [new JobAttempt(1, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMinutes(1), null, JobReason.Interrupted, "The computer went away.", 0), new JobAttempt(2, DateTimeOffset.UnixEpoch, null, null, null, null, null, 0)],
        });
        _hub.Jobs.Write(job, "metrics.jsonl", "{\"step\":1,\"loss<\":2}\n{\"step\":2,\"loss<\":1}\n");
        _hub.Jobs.Write(job, "plots/a b.png", "png");
        _hub.Jobs.Write(job, "model/weights.bin", "weights");
        Directory.CreateDirectory(Path.Combine(_hub.Folder, "jobs", job.Id));
        await File.WriteAllTextAsync(Path.Combine(_hub.Folder, "jobs", job.Id, "output.log"), "the \u001b[31m<end>\u001b[0m of it", TestContext.Current.CancellationToken);

        var page = await OpenAsync($"/jobs/{job.Id}");

        foreach (var part in (string[])["&lt;mend&gt;", "python &#x27;train it.py&#x27; &#x27;&lt;b&gt;&#x27;", "&lt;i&gt;", "loss&lt;", "lowest 1, highest 2", "the &lt;end&gt; of it", "The computer went away.", "Run it again",
            $"/api/v1/jobs/{job.Id}/artifacts/plots/a%20b.png?view=true", $"/api/v1/jobs/{job.Id}/artifacts/model/weights.bin\" download", "train.ipynb", $"/api/v1/jobs/{job.Id}/metrics.csv"])
            Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.Contains("aria-current=\"true\">log axis", await OpenAsync($"/jobs/{job.Id}?log=yes"), StringComparison.Ordinal);
        Assert.Contains("class=\"line raw\"", await OpenAsync($"/jobs/{job.Id}?smooth=smooth&log=yes"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await _hub.LogIn("grace").OpenAsync($"/jobs/{job.Id}")).StatusCode);
    }

    [Fact]
    public async Task Job_IsCancelledAndRunAgainByItsButtons()
    {
        var (running, over) = (_hub.Jobs.Put("leaves"), _hub.Jobs.Put("leaves", JobState.Failed));
        var grace = _hub.LogIn("grace");

        Assert.Equal(HttpStatusCode.NotFound, (await grace.SubmitAsync($"/jobs/{running.Id}/cancel")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await grace.SubmitAsync($"/jobs/{over.Id}/retry")).StatusCode);
        Assert.Equal(JobState.Running, _hub.Jobs[running.Id].Job.State);
        Assert.Contains($"action=\"/jobs/{running.Id}/cancel\"", await OpenAsync($"/jobs/{running.Id}"), StringComparison.Ordinal);
        var cancelled = await _ada.SubmitAsync($"/jobs/{running.Id}/cancel");
        var again = await _ada.SubmitAsync($"/jobs/{over.Id}/retry");

        Assert.Equal($"/jobs/{running.Id}", cancelled.Headers.Location!.ToString());
        Assert.Equal(JobState.Cancelling, _hub.Jobs[running.Id].Job.State);
        Assert.Equal("/jobs/j00000003", again.Headers.Location!.ToString());
        Assert.Equal(over.Id, _hub.Jobs["j00000003"].Job.RetryOf);
    }

    [Fact]
    public async Task Compare_OfJobs_ShowsWhatDiffersAndALineEach()
    {
        var jobs = Enumerable.Range(1, 3).Select(number => _hub.Jobs.Put("leaves", JobState.Succeeded, with: record => record with { Spec = record.Spec with { Parameters = Parameters($$"""{"lr":{{number}},"same":1}""") } })).ToList();
        foreach (var job in jobs) _hub.Jobs.Write(job, "metrics.jsonl", $"{{\"step\":1,\"loss\":{job.Number}}}\n{{\"step\":2,\"loss\":{job.Number + 1}}}\n");

        var page = await OpenAsync($"/jobs/compare?ids={jobs[0].Id}&ids={jobs[1].Id},{jobs[2].Id}");
        var csv = await OpenAsync($"/jobs/compare.csv?ids={jobs[0].Id}&ids={jobs[2].Id}");

        Assert.Contains("<th scope=\"col\">lr</th>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<th scope=\"col\">same", page, StringComparison.Ordinal);
        Assert.Equal(3, Regex.Count(page, "class=\"line\" d=\"M0 [0-9.]+L1000"));
        Assert.Equal($"job,name,state,lr,loss,loss min,loss max\r\n{jobs[0].Id},leaves,succeeded,1,2,1,2\r\n{jobs[2].Id},leaves,succeeded,3,4,3,4\r\n", csv);
        Assert.Equal(HttpStatusCode.BadRequest, (await _ada.OpenAsync("/jobs/compare")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await _hub.LogIn("grace").OpenAsync($"/jobs/compare?ids={jobs[0].Id}")).StatusCode);
    }

    [Fact]
    public async Task Sweep_ShowsItsTrialsTheBestFirst()
    {
        var sweep = _hub.Jobs.Put("sweep", JobState.Running, with: record => record with
        {
            Parts = 4,
            Spec = record.Spec with { Sweep = new JobSweep { Parameters = Parameters("""{"lr":[0.1,0.01,0.001,1]}"""), Metric = "accuracy", Goal = "maximize" } },
        }, view: view => view with { States = new Dictionary<string, int> { ["succeeded"] = 3, ["running"] = 1 } });
        foreach (var (trial, accuracy) in new[] { 0.3, 0.9, 0.5, double.NaN }.Index())
        {
            var part = _hub.Jobs.Put("sweep", JobState.Succeeded, with: record => record with { Parent = sweep.Id, Index = trial, Spec = record.Spec with { Parameters = Parameters(string.Create(CultureInfo.InvariantCulture, $$"""{"lr":{{Math.Pow(10, -trial)}}}""")) } });
            if (double.IsFinite(accuracy)) _hub.Jobs.Write(part, "metrics.jsonl", string.Create(CultureInfo.InvariantCulture, $"{{\"step\":1,\"accuracy\":{accuracy}}}\n"));
        }

        var page = await OpenAsync($"/jobs/{sweep.Id}");
        var csv = await OpenAsync($"/jobs/{sweep.Id}/parts.csv");

        Assert.Equal(["j00000003", "j00000004", "j00000002", "j00000005"], Regex.Matches(page, "<tr id=\"(j[0-9]+)\"").Select(match => match.Groups[1].Value));
        Assert.Contains("<td><a href=\"/jobs/j00000003\">1</a> <span class=\"tag best\">best</span></td>", page, StringComparison.Ordinal);
        Assert.Equal(1, Regex.Count(page, "class=\"tag best\""));
        Assert.Equal(3, Regex.Count(page, "<title>Trial "));
        Assert.Contains("3 succeeded, 1 running", page, StringComparison.Ordinal);
        Assert.Equal(5, csv.Trim().Split("\r\n").Length);
        Assert.StartsWith("job,name,state,lr,accuracy,accuracy min,accuracy max\r\n", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("j00000003", await OpenAsync("/jobs"), StringComparison.Ordinal);
    }

    private static Dictionary<string, JsonElement> Parameters(string json) => JsonDocument.Parse(json).RootElement.EnumerateObject().ToDictionary(each => each.Name, each => each.Value);

    private async Task<string> OpenAsync(string path)
    {
        var answer = await _ada.OpenAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.TextAsync();
    }
}
