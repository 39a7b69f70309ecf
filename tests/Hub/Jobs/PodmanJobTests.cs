using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Podman;
using Holdfast.Engines.Tests.Podman;
using Holdfast.Hub.Database;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.People;
using Holdfast.Hub.Stores;
using Holdfast.Hub.Tests.Api;
using Holdfast.Hub.Tests.Stores;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>Jobs in images, on real Podman.</summary>
[Collection(PodmanTests.Name)]
public sealed class PodmanJobTests(PodmanService podman) : IAsyncLifetime
{
    private TestHub _hub = null!;
    private PodmanEngine _engine = null!;

    public ValueTask InitializeAsync()
    {
        if (podman.Unusable is { } reason) Assert.Skip(reason);
        _engine = new PodmanEngine(podman.Socket);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_hub is not null) await _hub.DisposeAsync();
        _engine?.Dispose();
    }

    [Fact]
    public async Task Job_WithCode_RunsInAnImageThatTheNextOneHasToo()
    {
        await BeginAsync();
        var code = await SendAsync("import sys, os; print(os.getcwd(), *sys.argv[1:]); open('scratch', 'w'); open(os.environ['HOLDFAST_OUTPUT'] + '/model', 'w').write('weights')");
        var first = await RunAsync(code, epochs: 4);
        var second = await RunAsync(code, epochs: 6);

        Assert.Equal([(JobState.Succeeded, "/code --epochs=4\n"), (JobState.Succeeded, "/code --epochs=6\n")], ((JobRecord[])[first, second]).Select(job => (job.State, SaidIn(job))));
        Assert.Equal(first.ImageReference, second.ImageReference);
        Assert.Equal("weights", await File.ReadAllTextAsync(_hub.OutputOf(second, "model"), TestHub.Cancellation));
        // The image is an ordinary one.
        Assert.Equal("/code alone", await podman.RunPodmanAsync("run", "--rm", "--network=none", "-e", "HOLDFAST_OUTPUT=/tmp", first.ImageReference!, "python3", "train.py", "alone"));
    }

    [Fact]
    public async Task Registry_ThatIsAway_IsWaitedFor()
    {
        await using var registry = await LocalRegistry.StartAsync();
        await BeginAsync(new HubSettings { Registry = $"{registry.Name}/team" });
        await registry.StopAsync();
        var job = await SubmitAsync(await SendAsync("print('ran')"), epochs: 1);

        var waiting = await _hub.UntilAsync(job, record => record is { State: JobState.Queued, Reason: JobReason.ImagePullFailed });
        await registry.StartAgainAsync();
        job = await _hub.UntilOverAsync(job);

        Assert.Contains(registry.Name, waiting.Message, StringComparison.Ordinal);
        Assert.Equal((JobState.Succeeded, 1, "ran\n"), (job.State, job.Attempts.Count, SaidIn(job)));
        Assert.Matches("^sha256:[0-9a-f]{64}$", job.Digest);
        Assert.Contains($"\"digest\": \"{job.Digest}\"", await File.ReadAllTextAsync(_hub.OutputOf(job, "manifest.json"), TestHub.Cancellation), StringComparison.Ordinal);
        // By that digest everybody has it.
        Assert.Equal("ran", await podman.RunPodmanAsync("run", "--rm", "--network=none", "--tls-verify=false", $"{registry.Name}/team/train@{job.Digest}", "python3", "train.py"));
    }

    [Fact]
    public async Task Image_ThatIsNot_IsSaidAtOnce()
    {
        await using var registry = await LocalRegistry.StartAsync();
        await BeginAsync();

        var unknown = await _hub.UntilOverAsync(await _hub.SubmitAsync("true", spec => spec with { Image = $"{registry.Name}/team/nothing:1" }));
        var other = await _hub.UntilOverAsync(await _hub.SubmitAsync("true", spec => spec with { Image = $"{registry.Name}/team/nothing@sha256:{new string('0', 64)}" }));
        var changed = await _hub.UntilOverAsync(await _hub.SubmitAsync("true", spec => spec with { Image = $"localhost/holdfast-test:1@sha256:{new string('0', 64)}" }));

        Assert.All([unknown, other, changed], job => Assert.Equal((JobState.Failed, JobReason.ImageMissing, 125, 1), (job.State, job.Reason, job.ExitCode, job.Attempts.Count)));
        Assert.Contains("team/nothing:1", unknown.Message, StringComparison.Ordinal);
        Assert.Matches("^The image localhost/holdfast-test:1 that is here is sha256:[0-9a-f]{64}, and sha256:0{64} was asked for; mend: ", changed.Message);
    }

    [Fact]
    public async Task Job_WhoseHubWasKilledAsItStarted_RunsAllTheSame()
    {
        await BeginAsync();
        var holds = await _hub.SubmitAsync("until [ -e /storage/go ]; do sleep 0.02; done", spec => spec with { Image = podman.Image, Resources = new JobResources(Cpu: Environment.ProcessorCount) });
        await _hub.UntilAsync(holds, record => record.State == JobState.Running);
        var job = await _hub.SubmitAsync("echo ran", spec => spec with { Image = podman.Image, Resources = new JobResources(Cpu: Environment.ProcessorCount) });
        // What is left of it: a container that was made and not started, and holds the name.
        await podman.RunPodmanAsync("create", $"--name=holdfast-{job.Id}-1", podman.Image, "true");

        await File.WriteAllTextAsync(Path.Combine(_hub.Folders.Storage, "go"), "", TestHub.Cancellation);
        job = await _hub.UntilOverAsync(job);

        Assert.Equal((JobState.Succeeded, 1, "ran\n"), (job.State, job.Attempts.Count, _hub.LogOf(job)));
    }

    [Fact]
    public async Task Image_WhoseNameGoesElsewhereMeanwhile_IsTheOneOfTheSubmission()
    {
        await using var registry = await LocalRegistry.StartAsync();
        await BeginAsync();
        var (here, there) = ("localhost/people/ada/moves:1", $"{registry.Name}/team/moves:1");
        var first = await BuildAsync("first", here);
        await podman.RunPodmanAsync("push", "-q", "--tls-verify=false", here, there);
        var holds = await _hub.SubmitAsync("until [ -e /storage/go ]; do sleep 0.02; done", spec => spec with { Image = podman.Image, Resources = new JobResources(Cpu: Environment.ProcessorCount) });
        await _hub.UntilAsync(holds, record => record.State == JobState.Running);

        var jobs = new List<JobRecord>();
        foreach (var name in (string[])["moves", here, there]) jobs.Add(await _hub.SubmitAsync("cat /which", spec => spec with { Image = name, Resources = new JobResources(Cpu: Environment.ProcessorCount) }));
        await BuildAsync("second", here);
        await podman.RunPodmanAsync("push", "-q", "--tls-verify=false", here, there);
        await File.WriteAllTextAsync(Path.Combine(_hub.Folders.Storage, "go"), "", TestHub.Cancellation);
        for (var at = 0; at < jobs.Count; at++) jobs[at] = await _hub.UntilOverAsync(jobs[at]);

        Assert.All(jobs, job => Assert.Equal((JobState.Succeeded, "first\n"), (job.State, _hub.LogOf(job))));
        Assert.Equal([(here, first), (here, first), (there, null)], jobs.Select(job => (job.Spec.Image, job.ImagePin!.Contains('@', StringComparison.Ordinal) ? null : job.ImagePin)));
        Assert.StartsWith($"{registry.Name}/team/moves@sha256:", jobs[2].ImagePin, StringComparison.Ordinal);

        using var api = new ApiClient(_hub);
        Assert.Equal(here, (await api.PostAsync("machines", """{"name": "of-it", "image": "people/ada/moves"}""")).Json.GetProperty("image").GetString());

        // What was removed is not replaced by what has its name.
        while ((await _engine.RemoveImageAsync(first, TestHub.Cancellation)).Fault is { Code: "in-use" }) await Task.Delay(20, TestHub.Cancellation);
        var gone = await _hub.UntilOverAsync(TestHub.Value(await _hub.Jobs.RetryAsync(TestHub.Ada, jobs[0].Id)));
        Assert.Equal((JobReason.ImageMissing, $"{here} was {first} when the job was submitted, and that is not there any more; mend: submit it again."), (gone.Reason, gone.Message));

        async Task<string> BuildAsync(string word, string name)
        {
            var folder = Directory.CreateTempSubdirectory("hf-image-").FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "Containerfile"), $"FROM {podman.Image}\nRUN echo {word} > /which\n", TestHub.Cancellation);
            await podman.RunPodmanAsync("build", "-q", "-t", name, folder);
            Directory.Delete(folder, recursive: true);
            return $"sha256:{await podman.RunPodmanAsync("image", "inspect", "--format={{.Id}}", name)}";
        }
    }

    [Fact]
    public async Task Memory_BeyondItsLimit_IsSaid()
    {
        await BeginAsync();

        var job = await _hub.UntilOverAsync(await _hub.SubmitAsync("exec python3 -c 'bytearray(400_000_000)'", spec => spec with { Image = podman.Image, Resources = new JobResources(Memory: 64_000_000) }));

        Assert.Equal((JobState.Failed, JobReason.OutOfMemory, 137), (job.State, job.Reason, job.ExitCode));
    }

    [Fact]
    public async Task Hub_ThatIsGoneForAWhile_FindsTheJobAndItsWholeLog()
    {
        await BeginAsync();
        var job = await _hub.SubmitAsync("echo begun; until [ -e /storage/go ]; do sleep 0.02; done; i=0; while [ $i -lt 1000 ]; do i=$((i+1)); echo $i; done; exit 5", spec => spec with { Image = podman.Image });
        await _hub.UntilAsync(job, record => record.State == JobState.Running);

        await _hub.EndAsync();
        await File.WriteAllTextAsync(Path.Combine(_hub.Folders.Storage, "go"), "", TestHub.Cancellation);
        await _hub.StartAsync();
        job = await _hub.UntilOverAsync(TestHub.Value(_hub.Jobs.Find(TestHub.Ada, job.Id)));

        Assert.Equal((JobState.Failed, 5, 1), (job.State, job.ExitCode, job.Attempts.Count));
        Assert.Equal("begun\n" + string.Concat(Enumerable.Range(1, 1000).Select(line => $"{line}\n")), _hub.LogOf(job));
    }

    [Fact]
    public async Task Output_InAStore_IsThere()
    {
        await using var store = await S3Server.StartAsync();
        await BeginAsync(new HubSettings { Stores = [new ObjectStore { Name = "team", Bucket = S3Server.Bucket, Endpoint = store.Address, Secret = "TEAM_S3" }] });
        _hub.Service<HubDatabase>().Execute("INSERT INTO people VALUES ('ada', 'admin', NULL, 0)");
        TestHub.Value(_hub.Service<SecretStore>().Set(TestHub.Ada, "TEAM_S3", S3Server.Key));

        var job = await _hub.UntilOverAsync(await _hub.SubmitAsync("echo weights > $HOLDFAST_OUTPUT/w; env | grep S3RVER", spec => spec with { Image = podman.Image, Output = "s3://team/runs/{id}" }));

        // The command's last word was that it found no key.
        Assert.Equal((JobState.Failed, 1), (job.State, job.ExitCode));
        Assert.Equal("weights\n", Encoding.UTF8.GetString((await store.ReadAsync($"runs/{job.Id}/w"))!));
    }

    private async Task BeginAsync(HubSettings? settings = null) =>
        _hub = await new TestHub(options => options with { Settings = settings ?? options.Settings }, new Dictionary<string, IEngine> { ["podman"] = _engine }).StartAsync();

    /// <summary>The Python of the tests' image has a word of its own before.</summary>
    private string SaidIn(JobRecord job) => _hub.LogOf(job).Split('\n')[^2] + "\n";

    private async Task<JobRecord> RunAsync(string code, int epochs) => await _hub.UntilOverAsync(await SubmitAsync(code, epochs));

    private async Task<JobRecord> SubmitAsync(string code, int epochs) => TestHub.Value(await _hub.Jobs.SubmitAsync(TestHub.Ada, new JobSpec
    {
        Name = "train",
        Command = ["python3", "train.py"],
        Image = podman.Image,
        Code = code,
        Parameters = new Dictionary<string, JsonElement> { ["epochs"] = JsonDocument.Parse($"{epochs}").RootElement },
    }));

    private Task<string> SendAsync(string script) => SendAsync(_hub, script);

    /// <summary>Sends a script as the code <c>train.py</c>.</summary>
    internal static async Task<string> SendAsync(TestHub hub, string script)
    {
        using var bytes = new MemoryStream();
        await using (var zipped = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
        await using (var tar = new TarWriter(zipped))
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "train.py") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(script)) }, TestHub.Cancellation);
        var archive = bytes.ToArray();
        return TestHub.Value(await hub.Service<JobCode>().TakeAsync(Convert.ToHexStringLower(SHA256.HashData(archive)), new MemoryStream(archive), TestHub.Cancellation)).Code;
    }
}
