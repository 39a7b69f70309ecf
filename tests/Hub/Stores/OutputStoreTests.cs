using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Holdfast.Hub.Database;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.People;
using Holdfast.Hub.Stores;
using Holdfast.Hub.Tests.Api;

namespace Holdfast.Hub.Tests.Stores;

/// <summary>Jobs whose output goes to a store: a real hub, real processes, and a server that speaks S3's protocol.</summary>
public sealed class OutputStoreTests : IAsyncLifetime
{
    private const string UntilGo = "until [ -e /storage/go ]; do sleep 0.02; done; ";
    private S3Server _store = null!;
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Jobs with a root of their own need root.");
        // What a test that is skipped has started, nobody ends.
        if (TestHub.Program is null) Assert.Skip("HOLDFAST_PROGRAM is not set: ./test sets it to the program that it has built.");
        _store = await S3Server.StartAsync();
        _hub = await StartAsync(store => store);
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        if (_store is not null) await _store.DisposeAsync();
    }

    [Fact]
    public async Task Output_OfAJobInAStore_IsThereWhileItRunsAndWholeBeforeItHasSucceeded()
    {
        var job = await SubmitAsync($"cd $HOLDFAST_OUTPUT; mkdir model; echo first > model/w; {UntilGo} echo second >> model/w; mkdir -p checkpoints/7; touch checkpoints/7/complete; echo z > checkpoints/7/zero; head -c 40000000 /dev/urandom > big; sha256sum < big");
        Assert.Equal(($"s3://team/runs/leaves/{job.Id}", $"/storage/s3/team/runs/leaves/{job.Id}"), (job.Store, job.Output));
        await _store.UntilAsync(At(job, "model/w"), text => text == "first\n");
        Assert.Equal(JobState.Running, TestHub.Value(_hub.Jobs.Find(TestHub.Ada, job.Id)).State);
        Assert.Equal("running", Json(await _store.UntilAsync(At(job, "manifest.json"), _ => true)).GetProperty("state").GetString());

        Go();
        var states = new List<JobState>();
        job = await _hub.UntilAsync(job, record =>
        {
            states.Add(record.State);
            return record.IsOver;
        });

        Assert.Equal((JobState.Succeeded, null, 0), (job.State, job.Reason, job.ExitCode));
        Assert.Contains(JobState.Finishing, states);
        Assert.Equal(["big", "checkpoints/7/complete", "checkpoints/7/zero", "manifest.json", "model/w"], (await _store.KeysAsync()).Select(key => key[At(job, "").Length..]).Order(StringComparer.Ordinal));
        Assert.Equal("first\nsecond\n", Encoding.UTF8.GetString((await _store.ReadAsync(At(job, "model/w")))!));
        Assert.StartsWith(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData((await _store.ReadAsync(At(job, "big")))!)), _hub.LogOf(job), StringComparison.Ordinal);
        Assert.Equal("succeeded", Json(Encoding.UTF8.GetString((await _store.ReadAsync(At(job, "manifest.json")))!)).GetProperty("state").GetString());
        // What says that something is whole comes after it.
        var order = _store.Stored.ToList();
        Assert.True(order.LastIndexOf(At(job, "checkpoints/7/complete")) > order.LastIndexOf(At(job, "checkpoints/7/zero")), string.Join(' ', order));
        Assert.Equal(At(job, "manifest.json"), order[^1]);
        Assert.DoesNotContain("S3RVER", File.ReadAllText(_hub.OutputOf(job, "manifest.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checkpoint_ThatTheJobRemoves_GoesFromTheStore()
    {
        var job = await SubmitAsync($"cd $HOLDFAST_OUTPUT; for n in 1 2; do mkdir -p checkpoints/$n; echo $n > checkpoints/$n/state; touch checkpoints/$n/complete; done; {UntilGo} rm -r checkpoints/1");
        await _store.UntilAsync(At(job, "checkpoints/1/complete"), _ => true);

        Go();
        job = await _hub.UntilOverAsync(job);

        Assert.Equal((JobState.Succeeded, null), (job.State, job.Message));
        Assert.Equal(["checkpoints/2/complete", "checkpoints/2/state", "manifest.json"], (await _store.KeysAsync()).Select(key => key[At(job, "").Length..]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Store_ThatIsAway_IsSaidAndHoldsUpNobody()
    {
        var all = new JobResources(Cpu: Environment.ProcessorCount);
        var job = await SubmitAsync($"echo kept > $HOLDFAST_OUTPUT/w; {UntilGo} echo more >> $HOLDFAST_OUTPUT/w", spec => spec with { Resources = all });
        await _store.UntilAsync(At(job, "w"), _ => true);
        await _store.StopAsync();
        File.WriteAllText(_hub.OutputOf(job, "later"), "later");

        var waits = await _hub.UntilAsync(job, record => record.Reason == JobReason.StoreUnavailable);
        Assert.Equal(JobState.Running, waits.State);
        Assert.Contains("Store 'team' (bucket outputs at http://127.0.0.1:", waits.Message, StringComparison.Ordinal);
        Assert.Contains($"does not answer: Connection refused", waits.Message, StringComparison.Ordinal);
        Go();
        await _hub.UntilAsync(job, record => record is { State: JobState.Finishing, Reason: JobReason.StoreUnavailable });
        // Its room is free: another one that needs all of it runs.
        var other = await _hub.UntilOverAsync(await _hub.SubmitAsync("true", spec => spec with { Resources = all }));
        Assert.Equal(JobState.Succeeded, other.State);
        await _store.StartAgainAsync();
        job = await _hub.UntilOverAsync(job);

        Assert.Equal((JobState.Succeeded, null, 0), (job.State, job.Reason, job.ExitCode));
        Assert.Equal("kept\nmore\n", await _store.UntilAsync(At(job, "w"), _ => true));
        Assert.Equal("later", await _store.UntilAsync(At(job, "later"), _ => true));
    }

    [Fact]
    public async Task Hub_ThatIsKilledWhileAnOutputIsUploaded_GoesOnWithIt()
    {
        var job = await SubmitAsync($"echo first > $HOLDFAST_OUTPUT/a; {UntilGo} echo second > $HOLDFAST_OUTPUT/b; exit 3");
        await _store.UntilAsync(At(job, "a"), _ => true);
        await _store.StopAsync();
        Go();
        await _hub.UntilAsync(job, record => record is { State: JobState.Finishing, Reason: not null });
        await _hub.EndAsync();

        await _hub.StartAsync();
        Assert.Equal(JobState.Finishing, TestHub.Value(_hub.Jobs.Find(TestHub.Ada, job.Id)).State);
        await _store.StartAgainAsync();
        job = await _hub.UntilOverAsync(job);

        Assert.Equal((JobState.Failed, JobReason.ExitedWithError, 3), (job.State, job.Reason, job.ExitCode));
        Assert.Equal("second\n", await _store.UntilAsync(At(job, "b"), _ => true));
        // What was there already was not uploaded again.
        Assert.Single(_store.Stored, key => key == At(job, "a"));
        Assert.Equal("not-found", (await _hub.Host.InspectAsync($"{job.Id}-1", TestHub.Cancellation)).Fault?.Code);
    }

    [Fact]
    public async Task Output_ThatCannotBeStored_FailsTheJobAndIsKept()
    {
        await RestartAsync(store => store with { GiveUp = TimeSpan.FromSeconds(1) });
        var job = await SubmitAsync($"echo kept > $HOLDFAST_OUTPUT/w; {UntilGo}");
        await _hub.UntilAsync(job, record => record.State == JobState.Running);
        SetKey("NOBODY:x");
        Go();

        job = await _hub.UntilOverAsync(job);

        Assert.Equal((JobState.Failed, JobReason.OutputNotStored, 125), (job.State, job.Reason, job.ExitCode));
        Assert.Equal(0, job.Attempts[^1].ExitCode);
        Assert.Contains("does not take its key (InvalidAccessKeyId); mend: holdfast secret set TEAM_S3, by ada, with KEY_ID:SECRET_KEY.", job.Message, StringComparison.Ordinal);
        Assert.Contains($"All of it is in {job.Output}.", job.Message, StringComparison.Ordinal);
        Assert.Equal("kept\n", File.ReadAllText(_hub.OutputOf(job, "w")));
        Assert.DoesNotContain("NOBODY", JsonSerializer.Serialize(job), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_OfAJobThatWaitsForItsStore_EndsIt()
    {
        var job = await SubmitAsync($"echo kept > $HOLDFAST_OUTPUT/w; {UntilGo}");
        await _hub.UntilAsync(job, record => record.State == JobState.Running);
        await _store.StopAsync();
        Go();
        await _hub.UntilAsync(job, record => record.State == JobState.Finishing);

        TestHub.Value(_hub.Jobs.Cancel(TestHub.Ada, job.Id));
        job = await _hub.UntilOverAsync(job);

        Assert.Equal((JobState.Cancelled, JobReason.CancelledByUser), (job.State, job.Reason));
        Assert.Contains(job.Output, job.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_OfAJobThatWaitsForItsNextAttempt_StoresWhatTheLastOneHasWritten()
    {
        // The next one follows after a second at the earliest: what is written last is not uploaded before the end.
        var job = await SubmitAsync("echo last > $HOLDFAST_OUTPUT/w; exit 75");
        job = await _hub.UntilAsync(job, record => record is { State: JobState.Queued, Attempts.Count: > 0 });

        TestHub.Value(_hub.Jobs.Cancel(TestHub.Ada, job.Id));
        job = await _hub.UntilOverAsync(job);

        Assert.Equal((JobState.Cancelled, JobReason.CancelledByUser), (job.State, job.Reason));
        Assert.Equal("last\n", Encoding.UTF8.GetString((await _store.ReadAsync(At(job, "w")))!));
    }

    [Fact]
    public async Task Retry_WhoseFolderIsGone_GoesOnFromTheCheckpointInTheStore()
    {
        // Killed hard: what it had written is uploaded all the same.
        var job = await _hub.UntilOverAsync(await SubmitAsync("""
            echo from ${HOLDFAST_RESUME_FROM:-the beginning}; cd $HOLDFAST_OUTPUT; cat checkpoints/4/deep/state; echo line >> metrics.jsonl
            [ -n "$HOLDFAST_RESUME_FROM" ] && exit 0
            mkdir -p checkpoints/4/deep checkpoints/5; echo weights > checkpoints/4/deep/state; touch checkpoints/4/complete; echo half > checkpoints/5/state; kill -9 $$
            """));
        Assert.Equal((JobState.Failed, 137), (job.State, job.ExitCode));
        Directory.Delete(Path.GetDirectoryName(_hub.OutputOf(job, "x"))!, recursive: true);

        var again = await _hub.UntilOverAsync(TestHub.Value(await _hub.Jobs.RetryAsync(TestHub.Ada, job.Id)));

        Assert.Equal((JobState.Succeeded, job.Store), (again.State, again.Store));
        Assert.Contains($"from {job.Output}/checkpoints/4\nweights\n", _hub.LogOf(again), StringComparison.Ordinal);
        Assert.Equal("line\nline\n", await _store.UntilAsync(At(job, "metrics.jsonl"), _ => true));
        // What was fetched is not uploaded again, and no half of it is left.
        Assert.Single(_store.Stored, key => key == At(job, "checkpoints/4/deep/state"));
        Assert.Equal([job.Id], Directory.GetFileSystemEntries(Path.GetDirectoryName(Path.GetDirectoryName(_hub.OutputOf(job, "x"))!)!).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Artifacts_WhoseFolderIsNotKept_ComeFromTheStore()
    {
        await RestartAsync(store => store with { KeepsLocal = false });
        var job = await SubmitAsync("""cd $HOLDFAST_OUTPUT; mkdir model; echo weights > model/w.bin; echo '<b>report</b>' > report.html; echo '{"step":1,"loss":0.5}' > metrics.jsonl""");
        job = await _hub.UntilOverAsync(job);
        await GoneAsync(job);

        using var api = new ApiClient(_hub);
        var reply = await api.GetAsync($"jobs/{job.Id}/artifacts?limit=2");
        Assert.True(reply.Status == 200, reply.Text);
        var list = reply.Json;
        Assert.Equal(["manifest.json", "metrics.jsonl"], list.GetProperty("artifacts").EnumerateArray().Select(each => each.GetProperty("path").GetString()));
        list = (await api.GetAsync($"jobs/{job.Id}/artifacts?limit=2&after={list.GetProperty("next").GetString()}")).Json;
        Assert.Equal([("model/w.bin", 8), ("report.html", 14)], list.GetProperty("artifacts").EnumerateArray().Select(each => (each.GetProperty("path").GetString(), each.GetProperty("size").GetInt32())));
        Assert.Equal("weights\n", (await api.GetAsync($"jobs/{job.Id}/artifacts/model/w.bin")).Text);
        Assert.Equal("<b>report</b>\n", (await api.GetAsync($"jobs/{job.Id}/artifacts/report.html?view=true")).Text);
        Assert.Equal(404, (await api.GetAsync($"jobs/{job.Id}/artifacts/nothing")).Status);
        using var part = new HttpRequestMessage(HttpMethod.Get, $"jobs/{job.Id}/artifacts/model/w.bin") { Headers = { Range = new RangeHeaderValue(2, 4) } };
        using (var answer = await api.Http.SendAsync(part, TestHub.Cancellation)) Assert.Equal((206, "igh"), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestHub.Cancellation)));
        using var zip = new ZipArchive(await api.Http.GetStreamAsync($"jobs/{job.Id}/artifacts.zip", TestHub.Cancellation));
        Assert.Equal(["manifest.json", "metrics.jsonl", "model/w.bin", "report.html"], zip.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        Assert.Equal(0.5, (await api.GetAsync($"jobs/{job.Id}/metrics")).Json.GetProperty("series")[0].GetProperty("last").GetProperty("value").GetDouble());
        Assert.Contains("0,1,0,0.5", (await api.GetAsync($"jobs/{job.Id}/metrics.csv")).Text, StringComparison.Ordinal);

        await _store.StopAsync();
        var away = await api.GetAsync($"jobs/{job.Id}/artifacts");
        Assert.Equal((503, "unavailable"), (away.Status, away.Code));
        Assert.Contains("Store 'team'", away.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_WithAFileThatNoStoreTakes_Stays()
    {
        await RestartAsync(store => store with { KeepsLocal = false });
        var name = new string('a', 210);
        var job = await _hub.UntilOverAsync(await SubmitAsync($"echo 1 > $HOLDFAST_OUTPUT/w; echo 2 > $HOLDFAST_OUTPUT/{name}"));

        // The hub ends when all of it is done.
        await _hub.EndAsync();

        Assert.Equal("2\n", await File.ReadAllTextAsync(_hub.OutputOf(job, name), TestHub.Cancellation));
        Assert.Equal("1\n", Encoding.UTF8.GetString((await _store.ReadAsync(At(job, "w")))!));
    }

    [Fact]
    public async Task Sweep_InAStore_IsThereWithAllItsTrials()
    {
        await RestartAsync(store => store with { KeepsLocal = false });
        var job = await SubmitAsync("echo \"{\\\"loss\\\":${1#--lr=}}\" > $HOLDFAST_OUTPUT/metrics.jsonl", spec => spec with
        {
            Sweep = new JobSweep { Parameters = new Dictionary<string, JsonElement> { ["lr"] = Json("[0.25,0.5]") } },
        });

        job = await _hub.UntilOverAsync(job);
        await GoneAsync(job);

        Assert.Equal((JobState.Succeeded, 0), (job.State, job.ExitCode));
        Assert.Equal(["manifest.json", "trial-0/manifest.json", "trial-0/metrics.jsonl", "trial-1/manifest.json", "trial-1/metrics.jsonl"], (await _store.KeysAsync()).Select(key => key[At(job, "").Length..]).Order(StringComparer.Ordinal));
        Assert.Equal("succeeded", Json(await _store.UntilAsync(At(job, "manifest.json"), _ => true)).GetProperty("state").GetString());
        using var api = new ApiClient(_hub);
        var losses = _hub.Jobs.Parts(job).Select(async part => (await api.GetAsync($"jobs/{part.Id}/metrics")).Json.GetProperty("series")[0].GetProperty("last").GetProperty("value").GetDouble());
        var last = await Task.WhenAll(losses);
        Assert.Equal([0.25, 0.5], last);
        Assert.Equal("trial-0/manifest.json", (await api.GetAsync($"jobs/{job.Id}/artifacts")).Json.GetProperty("artifacts")[1].GetProperty("path").GetString());
    }

    [Fact]
    public async Task Plan_OfAnOutputInAStore_FindsOutWhetherItCanBeWritten()
    {
        Assert.Equal((200, ""), await PlanAsync("s3://team/runs/{name}/{id}"));
        Assert.Empty(await _store.KeysAsync());
        Assert.Equal((400, "output: There is no store 'taem'; did you mean 'team'?; mend: an administrator adds it at stores in hub.yaml."), await PlanAsync("s3://taem/runs"));
        Assert.Equal((400, "output: 's3://team' is s3://STORE/FOLDER, as s3://team/runs/{name}/{id}, with no empty part and no dots alone."), await PlanAsync("s3://team"));
        Assert.Equal((400, "output: 's3://team/a/../b' is s3://STORE/FOLDER, as s3://team/runs/{name}/{id}, with no empty part and no dots alone."), await PlanAsync("s3://team/a/../b"));
        Assert.Equal((400, $"output: Store 'other' has no bucket nowhere (bucket nowhere at {_store.Address.GetLeftPart(UriPartial.Authority)}); mend: make it there, or name another one at stores in hub.yaml."), await PlanAsync("s3://other/runs"));
        Assert.Equal((400, "output: Store 'own' has no key: ada has no secret OWN_S3; mend: holdfast secret set OWN_S3, with KEY_ID:SECRET_KEY."), await PlanAsync("s3://own/runs"));
        SetKey("only-one-word");
        Assert.Equal((400, "output: The key of store 'team', secret TEAM_S3 of ada, is not KEY_ID:SECRET_KEY; mend: holdfast secret set TEAM_S3, by ada, with KEY_ID:SECRET_KEY."), await PlanAsync("s3://team/runs"));
        SetKey("NOBODY:x");
        Assert.Equal((400, $"output: Store 'team' (bucket outputs at {_store.Address.GetLeftPart(UriPartial.Authority)}) does not take its key (InvalidAccessKeyId); mend: holdfast secret set TEAM_S3, by ada, with KEY_ID:SECRET_KEY."), await PlanAsync("s3://team/runs"));
        SetKey(S3Server.Key);
        await _store.StopAsync();
        var (status, message) = await PlanAsync("s3://team/runs");
        Assert.Equal(503, status);
        Assert.Contains("does not answer: Connection refused", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attempt_WhoseStoreIsAway_WaitsForIt()
    {
        await _store.StopAsync();
        var job = await SubmitAsync("echo runs");

        await _hub.UntilAsync(job, record => record is { State: JobState.Queued, Reason: JobReason.StoreUnavailable });
        await _store.StartAgainAsync();
        job = await _hub.UntilOverAsync(job);

        Assert.Equal((JobState.Succeeded, 1, "runs\n"), (job.State, job.Attempts.Count, _hub.LogOf(job)));
    }

    [Fact]
    public async Task Stores_AskedFor_SayWhichAnswer()
    {
        using var api = new ApiClient(_hub);
        var stores = (await api.GetAsync("stores")).Json.EnumerateArray().ToDictionary(store => store.GetProperty("name").GetString()!, store => store.GetProperty("problem").GetString());

        Assert.Null(stores["team"]);
        Assert.Contains("has no bucket nowhere", stores["other"], StringComparison.Ordinal);
        Assert.Contains("ada has no secret OWN_S3", stores["own"], StringComparison.Ordinal);
    }

    private async Task<TestHub> StartAsync(Func<ObjectStore, ObjectStore> change)
    {
        var team = new ObjectStore { Name = "team", Bucket = S3Server.Bucket, Endpoint = _store.Address, Secret = "ada/TEAM_S3" };
        var hub = new TestHub(options => options with { Settings = new HubSettings { Stores = [change(team), team with { Name = "other", Bucket = "nowhere" }, team with { Name = "own", Secret = "OWN_S3" }] } });
        await hub.StartAsync();
        hub.Service<HubDatabase>().Execute("INSERT INTO people VALUES ('ada', 'admin', NULL, 0)");
        SetKey(S3Server.Key, hub);
        return hub;
    }

    private async Task RestartAsync(Func<ObjectStore, ObjectStore> change)
    {
        await _hub.DisposeAsync();
        _hub = await StartAsync(change);
    }

    private void SetKey(string key, TestHub? hub = null) => TestHub.Value((hub ?? _hub).Service<SecretStore>().Set(TestHub.Ada, "TEAM_S3", key));

    private Task<JobRecord> SubmitAsync(string script, Func<JobSpec, JobSpec>? change = null) =>
        _hub.SubmitAsync(script, spec => (change ?? (same => same))(spec) with { Output = "s3://team/runs/{name}/{id}" });

    private void Go() => File.WriteAllText(Path.Combine(_hub.Folders.Storage, "go"), "");

    private static string At(JobRecord job, string path) => $"{job.Store!["s3://team/".Length..]}/{path}";

    /// <summary>The folder goes after the end was told.</summary>
    private async Task GoneAsync(JobRecord job)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (Directory.Exists(_hub.Folders.Storage + job.Output["/storage".Length..])) await Task.Delay(10, limit.Token);
    }

    private async Task<(int Status, string Message)> PlanAsync(string output)
    {
        using var api = new ApiClient(_hub);
        var reply = await api.PostAsync("jobs/plan", $$"""{"name":"leaves","command":["true"],"output":"{{output}}"}""");
        return (reply.Status, reply.Status == 200 ? "" : reply.Message!);
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
