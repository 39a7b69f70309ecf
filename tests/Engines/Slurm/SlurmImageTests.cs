using System.Net;
using System.Text;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Slurm;
using Holdfast.Engines.Tests.Podman;

namespace Holdfast.Engines.Tests.Slurm;

/// <summary>Images on nodes, by each of the programs that can run them there.</summary>
[Collection(PodmanTests.Name)]
public sealed class SlurmImageTests(PodmanService podman) : IAsyncLifetime
{
    private NodeImages _nodes = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _nodes = await NodeImages.OpenAsync(podman);

    public ValueTask DisposeAsync() => _nodes?.DisposeAsync() ?? default;

    [Theory]
    [InlineData("pyxis")]
    [InlineData("podman")]
    [InlineData("apptainer")]
    public async Task Image_OnANode_HasItsMountsItsEnvironmentAndItsExitCode(string program)
    {
        var shared = Directory.CreateDirectory(_nodes.PathOf("shared")).FullName;
        var spec = _nodes.Script(program, "pwd; echo \"$WORD\"; echo x >/storage/made; ls /run/holdfast; [ -e /var/lib/dpkg/status ] || echo bare; echo $HOLDFAST_REQUEUE; exit 5") with { WorkingFolder = "/usr", Mounts = [new(shared, "/storage")] };

        var ended = await RunAsync(program, spec);

        // Of an exit code srun speaks itself.
        Assert.Equal("/usr\nit's \"mine\"\nenvironment\nbare\n0\n", string.Concat(Output(spec).Split('\n').Where(line => line.Length > 0 && !line.StartsWith("srun: error: ", StringComparison.Ordinal)).Select(line => $"{line}\n")));
        Assert.Equal((5, true, null), (ended.ExitCode, File.Exists(Path.Combine(shared, "made")), ended.Refusal));
        if (program == "pyxis") Assert.StartsWith($"image={_nodes.Image.Replace("/team", "#team", StringComparison.Ordinal)[..^2]}:{_nodes.Digest} mounts={spec.Scratch}/environment:/run/holdfast/environment:ro,{shared}:/storage workdir=/ home=no", Assert.Single(_nodes.Given(program)), StringComparison.Ordinal);
        if (program == "apptainer") Assert.Equal($"{_nodes.Image[..^2]}@{_nodes.Digest}", Assert.Single(_nodes.Given(program)));
        Assert.Empty(Directory.EnumerateDirectories("/tmp", $"holdfast-{spec.Id}"));
    }

    [Theory]
    [InlineData("pyxis")]
    [InlineData("podman")]
    [InlineData("apptainer")]
    public async Task Stop_OfAnImage_IsHeardInsideAndLeavesNothing(string program)
    {
        var spec = _nodes.Script(program, "trap 'echo told; exit 6' TERM; echo up; while :; do sleep 0.05; done");
        var engine = _nodes.Engine(program);
        Assert.Null((await engine.StartAsync(spec, Cancellation)).Fault);
        await UntilAsync(() => Output(spec).Contains("up", StringComparison.Ordinal));

        var word = await engine.ExecAsync(spec.Id, new ExecCommand(["/bin/sh", "-c", "echo $WORD; exit 3"]), Cancellation);
        var secret = spec.Environment["TOKEN"];
        var shown = await _nodes.Cluster.SaysAsync("scontrol", "show", "step", "--details") + string.Concat(Directory.EnumerateDirectories("/proc").Select(folder => Read($"{folder}/cmdline")));
        var stopped = await engine.StopAsync(spec.Id, TimeSpan.FromSeconds(20), Cancellation);

        Assert.Equal((3, "it's \"mine\"\n"), (word.Value!.ExitCode, word.Value.Output));
        Assert.Contains(spec.Id, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
        Assert.Equal(6, stopped.Value!.ExitCode);
        Assert.True(Output(spec).StartsWith("up\ntold\n", StringComparison.Ordinal), Output(spec));
        Assert.DoesNotContain(spec.Id, await podman.RunPodmanAsync("ps", "--all", "--format={{.Names}}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pyxis", 125, "image_pull_failed", "could not be looked up on node\\d to check its digest: its registry says 404")]
    [InlineData("podman", 125, "environment_differs", "has another digest on node\\d than sha256:0+: .*mend: podman pull there.")]
    [InlineData("apptainer", 255, null, "FATAL: ")]
    public async Task Digest_ThatIsAnother_IsRefusedBeforeAnythingRuns(string program, int code, string? reason, string words)
    {
        var spec = _nodes.Script(program, "echo ran") with { Turn = new WorkloadTurn { Digest = $"sha256:{new string('0', 64)}" } };

        var ended = await RunAsync(program, spec);

        Assert.Equal((code, reason), (ended.ExitCode, ended.Refusal?.Code));
        Assert.Matches(words, Output(spec));
        Assert.DoesNotContain("ran\n", Output(spec), StringComparison.Ordinal);
        if (reason is not null) Assert.Equal($"holdfast: {ended.Refusal!.Message}\n", Output(spec));
    }

    [Fact]
    public async Task Manifest_ThatIsNotItsDigest_IsNotHandedToPyxis()
    {
        using var registry = new HttpListener();
        var name = $"127.0.0.1:{FreePort.Next()}";
        registry.Prefixes.Add($"http://{name}/");
        registry.Start();
        var answering = AnswerAsync(registry);
        var spec = _nodes.Script("pyxis", "echo ran") with { Image = $"{name}/team/test:1" };

        var ended = await RunAsync("pyxis", spec);
        registry.Stop();
        await answering;

        Assert.Equal((125, "environment_differs"), (ended.ExitCode, ended.Refusal?.Code));
        Assert.Matches($"has another digest in its registry, as node\\d sees it, than {_nodes.Digest}: sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", Output(spec));
        Assert.Empty(_nodes.Given("pyxis"));
    }

    [Fact]
    public async Task Program_ThatIsThere_IsTheFirstOne()
    {
        var spec = _nodes.Script("pyxis", "echo ran");

        var ended = await RunAsync(null, spec);

        Assert.True(ended.ExitCode == 0, Output(spec));
        Assert.Equal((1, 0), (_nodes.Given("pyxis").Length, _nodes.Given("apptainer").Length));
    }

    [Fact]
    public async Task Nodes_TwoWithAnImage_HaveTheirNumbersAndHearTheStop()
    {
        var spec = _nodes.Script("pyxis", "trap 'echo told $NODE_RANK; exit 6' TERM; echo up $NODE_RANK of $NNODES on $SLURMD_NODENAME; while :; do sleep 0.05; done");
        spec = spec with { Turn = spec.Turn! with { Nodes = 2, Grace = TimeSpan.FromSeconds(20) } };
        var engine = _nodes.Engine("pyxis");
        Assert.Null((await engine.StartAsync(spec, Cancellation)).Fault);
        await UntilAsync(() => Output(spec).Split('\n').Count(line => line.StartsWith("up", StringComparison.Ordinal)) == 2);

        var stopped = await engine.StopAsync(spec.Id, TimeSpan.FromSeconds(20), Cancellation);

        Assert.Equal(6, stopped.Value!.ExitCode);
        foreach (var line in (string[])["up 0 of 2 on node1", "up 1 of 2 on node2", "told 0", "told 1"]) Assert.Contains($"{line}\n", Output(spec), StringComparison.Ordinal);
        Assert.Equal(2, _nodes.Given("pyxis").Length);
    }

    [Theory]
    [InlineData(null, "images run by pyxis; there is podman, apptainer, too (slurm.containers in hub.yaml).")]
    [InlineData("apptainer", "images run by apptainer; there is pyxis, podman, too (slurm.containers in hub.yaml).")]
    public async Task Survey_OfNodes_SaysByWhatImagesRun(string? containers, string words)
    {
        var findings = await new SlurmSurvey(new SlurmSettings { Conf = _nodes.Cluster.Conf, Containers = containers }).RunAsync([], null, Cancellation);

        Assert.Equal([("node node1", null), ("node node2", null)], findings.Where(finding => finding.Text == words).Select(finding => (finding.Subject, finding.Mend)));
    }

    [Theory]
    [InlineData("pyxis")]
    [InlineData("apptainer")]
    public async Task Image_OfNoRegistry_IsRefusedWithTheMend(string program)
    {
        var refused = await _nodes.Engine(program).StartAsync(_nodes.Script("podman", "echo ran"), Cancellation);

        Assert.Equal("image-missing", refused.Fault?.Code);
        Assert.Contains($"is in no registry, and {program} fetches images from one; mend: holdfast image push", refused.Fault!.Message, StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(HttpListener registry)
    {
        try
        {
            while (true)
            {
                var context = await registry.GetContextAsync();
                context.Response.ContentType = "application/vnd.oci.image.manifest.v1+json";
                await context.Response.OutputStream.WriteAsync(Encoding.ASCII.GetBytes("{}"), Cancellation);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }

    private async Task<WorkloadStatus> RunAsync(string? program, WorkloadSpec spec)
    {
        var engine = _nodes.Engine(program);
        Assert.Null((await engine.StartAsync(spec, Cancellation)).Fault);
        return (await engine.WaitAsync(spec.Id, Cancellation).WaitAsync(TimeSpan.FromSeconds(60), Cancellation)).Value!;
    }

    private static string Output(WorkloadSpec spec) => Read(spec.OutputFile);

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition()) await Task.Delay(50, limit.Token);
    }
}
