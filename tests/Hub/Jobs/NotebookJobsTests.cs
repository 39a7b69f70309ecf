using Holdfast.Hub.Inside;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>Notebooks of a machine that become jobs, without a browser.</summary>
public sealed class NotebookJobsTests : IAsyncLifetime
{
    private const string Notebook = """
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"language_info": {"name": "python"}}, "cells": [
          {"id": "a", "cell_type": "code", "metadata": {"tags": ["parameters"]}, "execution_count": null, "outputs": [], "source": "epochs: int = 20  # rounds"},
          {"id": "b", "cell_type": "code", "metadata": {}, "execution_count": null, "outputs": [], "source": "print('rounds:', epochs)"}]}
        """;

    private readonly TestHub _hub = new();
    private NotebookJobs _notebooks = null!;

    public async ValueTask InitializeAsync()
    {
        await _hub.StartAsync();
        _notebooks = _hub.Service<NotebookJobs>();
        var machine = await _hub.CreateAsync("leaves");
        await _hub.SaysAsync(machine, $"cat > /notebooks/train.ipynb <<'END'\n{Notebook}\nEND\necho '{{' > /notebooks/broken.ipynb; head -c 501000000 /dev/zero > /notebooks/.big; printf '.big\\n' > /notebooks/.holdfastignore");
    }

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task Look_SaysParametersAndFiles()
    {
        var offer = TestHub.Value(await _notebooks.LookAsync(_hub.Fleet.Find("leaves")!, "notebooks/train.ipynb", TestHub.Cancellation));

        Assert.Null(offer.Problem);
        Assert.Equal(new OfferedParameter("epochs", "int", "20", "rounds"), Assert.Single(offer.Parameters));
        // The notebook, its script, the broken one, the rules.
        Assert.Equal((true, 4), (offer.IsScript, offer.Files));
    }

    [Theory]
    [InlineData("notebooks/missing.ipynb", "There is no notebook notebooks/missing.ipynb in this machine; mend: save it first.")]
    [InlineData("notebooks/broken.ipynb", "broken.ipynb")]
    public async Task Look_AtWhatIsNoNotebook_NamesIt(string path, string said)
    {
        var offer = TestHub.Value(await _notebooks.LookAsync(_hub.Fleet.Find("leaves")!, path, TestHub.Cancellation));

        Assert.Contains(said, offer.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_PacksAndRuns_AndTheMachineSaysNothingOfMoney()
    {
        var job = TestHub.Value(await SubmitAsync(new NotebookOrder("notebooks/train.ipynb", null, new Dictionary<string, string> { ["epochs"] = "3" }), new JobSpec { Command = [], Name = "mine", MaxDuration = TimeSpan.FromHours(1) }));

        Assert.Equal(("mine", "leaves", TimeSpan.FromHours(1)), (job.Spec.Name, job.Spec.Machine, job.Spec.MaxDuration));
        Assert.Equal("--epochs=3", JobRules.Arguments(job.Spec)[^1]);
        await foreach (var state in _hub.Service<JobBook>().WatchAsync(job, TestHub.Cancellation)) job = state;
        Assert.Equal(JobState.Succeeded, job.State);
        Assert.Contains("rounds: 3", await File.ReadAllTextAsync(_hub.Service<HubOptions>().Folders.LogOf(job.Id), TestHub.Cancellation), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_hub.Service<HubOptions>().Folders.StateOf(_hub.Fleet.Find("leaves")!.Id), "code-*"));
    }

    [Fact]
    public async Task Submit_OfTooMuch_NamesTheLargest()
    {
        await _hub.SaysAsync(_hub.Fleet.Find("leaves")!, "rm /notebooks/.holdfastignore");

        var fault = (await SubmitAsync(new NotebookOrder("notebooks/train.ipynb", null, new Dictionary<string, string>()), new JobSpec { Command = [] })).Fault;

        Assert.Equal("bad-request", fault?.Code);
        Assert.Contains(".big", fault!.Message, StringComparison.Ordinal);
        Assert.Contains(".holdfastignore", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_FromAMachineThatIsAnothers_IsNotFound() => Assert.Equal("not-found",
        (await _notebooks.SubmitAsync(new Caller("grace", IsAdmin: false), "leaves", new NotebookOrder("notebooks/train.ipynb", null, new Dictionary<string, string>()), new JobSpec { Command = [] }, TestHub.Cancellation)).Fault?.Code);

    [Fact]
    public async Task Submit_FromAMachineThatDoesNotRun_SaysSo()
    {
        await _hub.StopAsync("leaves");

        var fault = (await SubmitAsync(new NotebookOrder("notebooks/train.ipynb", null, new Dictionary<string, string>()), new JobSpec { Command = [] })).Fault;

        Assert.Equal(new HubFault("conflict", "leaves does not run. Start it first."), fault);
    }

    private Task<HubResult<JobRecord>> SubmitAsync(NotebookOrder order, JobSpec wish) => _notebooks.SubmitAsync(TestHub.Ada, "leaves", order, wish, TestHub.Cancellation);
}
