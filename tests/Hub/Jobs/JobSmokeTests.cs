using Holdfast.Engines.Contract;
using Holdfast.Engines.Podman;
using Holdfast.Engines.Tests.Podman;
using Holdfast.Hub.Images;
using Holdfast.Hub.Jobs;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>What a job imports is run in its environment before it is queued.</summary>
[Collection(PodmanTests.Name)]
public sealed class JobSmokeTests(PodmanService podman) : IAsyncLifetime
{
    private static readonly JobImport Always = new("import sys", "train.ipynb cell 1 line 1"), Tide = new("from tide import (\n    height,\n)", "train.ipynb cell 2 line 3");
    private static readonly string Missing = "train.ipynb cell 2 line 3: from tide import ( height, ): ModuleNotFoundError: No module named 'tide'";
    private TestHub _hub = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Import_ThatFailsInAMachine_RefusesTheJobUntilItIsInstalledThere()
    {
        await _hub.StartAsync();
        var machine = await _hub.CreateAsync("leaves");

        var refused = await _hub.Jobs.SubmitAsync(TestHub.Ada, Spec() with { Machine = "leaves" }, cancellationToken: TestHub.Cancellation);
        await _hub.SaysAsync(machine, "site=$(python3 -m site --user-site); mkdir -p $site; echo 'print(\"imported\"); height = 42' > $site/tide.py");
        var job = TestHub.Value(await _hub.Jobs.SubmitAsync(TestHub.Ada, Spec() with { Machine = "leaves" }, cancellationToken: TestHub.Cancellation));

        Assert.Equal(new HubFault("imports-fail", $"The environment of leaves has not all that train imports:\n  {Missing}\nMend: install it in leaves; or without this look (--no-smoke), when the job itself brings it."), refused.Fault);
        Assert.Equal(409, refused.Fault!.Status);
        Assert.Equal(JobState.Succeeded, (await _hub.UntilOverAsync(job)).State);
        // They are no part of what is kept, and nothing is left of the look but the job's own.
        Assert.Empty(job.Spec.Imports);
        Assert.Equal([job.Id], _hub.Jobs.List(TestHub.Ada, new()).Select(each => each.Id));
        Assert.Equal([_hub.Folders.JobOf(job.Id)], Directory.GetDirectories(Path.GetDirectoryName(_hub.Folders.JobOf(job.Id))!));
    }

    [Fact]
    public async Task Imports_ThatPassed_AreRunAgainOnlyInAnotherEnvironment()
    {
        await _hub.StartAsync();
        var machine = await _hub.CreateAsync("leaves");
        // Each time that it is imported it says so.
        await _hub.SaysAsync(machine, "site=$(python3 -m site --user-site); mkdir -p $site; echo 'open(\"/storage/times\", \"a\").write(\"x\"); height = 42' > $site/tide.py");

        foreach (var _ in (int[])[1, 2]) await _hub.UntilOverAsync(TestHub.Value(await _hub.Jobs.SubmitAsync(TestHub.Ada, Spec() with { Machine = "leaves" }, cancellationToken: TestHub.Cancellation)));
        var same = Times();
        await _hub.SaysAsync(machine, "echo more > /opt/more");
        await _hub.UntilOverAsync(TestHub.Value(await _hub.Jobs.SubmitAsync(TestHub.Ada, Spec() with { Machine = "leaves" }, cancellationToken: TestHub.Cancellation)));
        var other = Times();
        await _hub.UntilOverAsync(TestHub.Value(await _hub.Jobs.SubmitAsync(TestHub.Ada, Spec() with { Machine = "leaves", Imports = [Tide] }, cancellationToken: TestHub.Cancellation)));

        Assert.Equal(("x", "xx", "xxx"), (same, other, Times()));

        string Times() => File.ReadAllText(Path.Combine(_hub.Folders.Storage, "times"));
    }

    [Theory]
    [InlineData("import tide", null, true)]
    [InlineData("from sys import nothing", null, true)]
    // Without the GPUs that it will have, what an import makes of that is not counted; that it is not there is.
    [InlineData("from sys import nothing", 1, false)]
    [InlineData("import tide", 1, true)]
    [InlineData("1 / 0", null, false)]
    public void Failures_OfARun_AreThoseThatTheJobWouldHave(string statement, int? gpus, bool fails)
    {
        JobImport[] imports = [Always, new(statement, "x.py line 2")];
        var command = ImportRun.Command(imports, "/usr/bin/python3");
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true })!;

        var failures = ImportRun.Failures(imports, process.StandardOutput.ReadToEnd(), gpus > 0);

        Assert.Equal(fails ? 1 : 0, failures.Count);
    }

    [Fact]
    public async Task Python_ThatIsNotThere_RefusesTheJob()
    {
        await _hub.StartAsync();

        var refused = await _hub.Jobs.SubmitAsync(TestHub.Ada, Spec() with { Command = ["/opt/none/python3", "train.py"] }, cancellationToken: TestHub.Cancellation);

        Assert.StartsWith("The hub's own system has not all that train imports:\n  There is no /opt/none/python3.\nMend: --machine NAME", refused.Fault?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_ThatFailsInAnImage_RefusesTheJobWithoutItsCodeInIt()
    {
        await BeginOnPodmanAsync();
        // A name of its own: other tests leave images in the same store.
        var spec = Spec() with { Name = "alone", Image = podman.Image };
        var images = _hub.Service<HubOptions>().Engines["podman"] as IImageStore;

        var refused = await _hub.Jobs.SubmitAsync(TestHub.Ada, spec, cancellationToken: TestHub.Cancellation);
        var passed = TestHub.Value(await _hub.Jobs.SubmitAsync(TestHub.Ada, spec with { Imports = [Always] }, cancellationToken: TestHub.Cancellation));
        // What is not here is fetched when the job has its turn, and looked into by nobody before.
        var away = await _hub.Jobs.SubmitAsync(TestHub.Ada, spec with { Image = "localhost/none:1" }, cancellationToken: TestHub.Cancellation);

        Assert.Equal($"The image {podman.Image} has not all that alone imports:\n  {Missing}\nMend: add it to the image's recipe and build it (holdfast image build); or without this look (--no-smoke), when the job itself brings it.", refused.Fault?.Message);
        Assert.Equal(JobState.Succeeded, (await _hub.UntilOverAsync(passed)).State);
        Assert.Equal((JobState.Failed, JobReason.ImageMissing), await _hub.UntilOverAsync(TestHub.Value(away)) is var missing ? (missing.State, missing.Reason) : default);
        Assert.DoesNotContain((await images!.ImagesAsync(TestHub.Cancellation)).Value!, image => image.Names.Any(name => name.Contains("/jobs/alone", StringComparison.Ordinal)));
    }

    private async Task BeginOnPodmanAsync()
    {
        if (podman.Unusable is { } reason) Assert.Skip(reason);
        await _hub.DisposeAsync();
        _hub = await new TestHub(engines: new Dictionary<string, IEngine> { ["podman"] = new PodmanEngine(podman.Socket) }).StartAsync();
    }

    private static JobSpec Spec() => new() { Name = "train", Command = ["python3", "-c", "pass"], Imports = [Always, Tide] };
}
