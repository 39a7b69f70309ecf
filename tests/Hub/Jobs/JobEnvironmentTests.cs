using Holdfast.Hub.Jobs;
using Holdfast.Hub.Points;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>Jobs in the environment of a machine, as it was when they were submitted.</summary>
public sealed class JobEnvironmentTests : IAsyncLifetime
{
    private const string Look = "python3 -c 'import tide; print(tide.height)'; cat /opt/tool";
    private readonly TestHub _hub = new(options => options with { Settings = new HubSettings { MostPoints = 2 } });

    public async ValueTask InitializeAsync() => await _hub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Job_OfAMachine_RunsInWhatWasInstalledThereAndThen()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, "site=$(python3 -m site --user-site); mkdir -p $site; echo 'height = 42' > $site/tide.py; echo tool > /opt/tool");
        var first = await InMachineAsync();
        var same = await InMachineAsync();
        // The other jobs' point stays although the machine has more than it may have by then.
        await _hub.SaysAsync(machine, "site=$(python3 -m site --user-site); echo 'height = 43' > $site/tide.py; echo other > /opt/tool");
        var waiting = await _hub.SubmitAsync("sleep 1000", spec => spec with { Name = "all", Resources = new JobResources(Cpu: Environment.ProcessorCount) });
        await _hub.UntilAsync(waiting, job => job.State == JobState.Running);
        var then = TestHub.Value(await _hub.Jobs.RetryAsync(TestHub.Ada, first.Id));
        var later = await _hub.SubmitAsync(Look, spec => spec with { Machine = "leaves" });
        foreach (var height in (int[])[44, 45])
        {
            await _hub.SaysAsync(machine, $"site=$(python3 -m site --user-site); echo 'height = {height}' > $site/tide.py");
            TestHub.Value(await _hub.Service<EnvironmentPoints>().TakeAsync(TestHub.Ada, "leaves", null, TestHub.Cancellation));
        }
        TestHub.Value(_hub.Jobs.Cancel(TestHub.Ada, waiting.Id));

        Assert.Equal(["42\ntool\n", "42\ntool\n", "42\ntool\n", "43\nother\n"], await Task.WhenAll(((JobRecord[])[first, same, then, later]).Select(LogAsync)));
        // A point that the hub takes by itself in between is another one of the same.
        Assert.Equal((first.Environment!.Layer, first.Environment.Fingerprint), (same.Environment!.Layer, same.Environment.Fingerprint));
        Assert.NotEqual(first.Environment.Fingerprint, later.Environment!.Fingerprint);
        Assert.Contains($"\"environment\": \"{first.Environment.Fingerprint}\"", await File.ReadAllTextAsync(_hub.OutputOf(first, "manifest.json"), TestHub.Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_OfAMachine_CannotWriteIntoItsPackages()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, "site=$(python3 -m site --user-site); mkdir -p $site; echo 'height = 42' > $site/tide.py");

        var job = await _hub.SubmitAsync("site=$(python3 -m site --user-site); echo 'height = 0' > $site/tide.py; echo $?; touch ~/cache && echo home", spec => spec with { Machine = "leaves" });

        Assert.EndsWith("2\nhome\n", await LogAsync(job), StringComparison.Ordinal);
        Assert.Equal("42\n", await _hub.SaysAsync(machine, "python3 -c 'import tide; print(tide.height)'; [ ! -e ~/cache ]"));
    }

    [Fact]
    public async Task Job_WithoutTheMachine_HasNothingOfIt()
    {
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, "site=$(python3 -m site --user-site); mkdir -p $site; echo 'height = 42' > $site/tide.py");

        var job = await _hub.UntilOverAsync(await _hub.SubmitAsync("python3 -c 'import tide'"));

        Assert.Equal((JobState.Failed, 1), (job.State, job.ExitCode));
        Assert.Contains("No module named 'tide'", _hub.LogOf(job), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", null, "machine: There is no machine 'nowhere'")]
    [InlineData("leaves", "debian:12", "not both")]
    public async Task Submit_OfAMachineThatCannotBe_IsRefused(string name, string? image, string words)
    {
        await _hub.CreateAsync("leaves", start: false);

        var refused = await _hub.Jobs.SubmitAsync(TestHub.Ada, new JobSpec { Command = ["true"], Machine = name, Image = image }, cancellationToken: TestHub.Cancellation);

        Assert.Contains(words, refused.Fault?.Message, StringComparison.Ordinal);
    }

    private async Task<JobRecord> InMachineAsync() => await _hub.UntilOverAsync(await _hub.SubmitAsync(Look, spec => spec with { Machine = "leaves" }));

    private async Task<string> LogAsync(JobRecord job)
    {
        await _hub.UntilOverAsync(job);
        return _hub.LogOf(job);
    }
}
