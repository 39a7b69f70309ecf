using Holdfast.Functional.Tests.Clients;
using Holdfast.Functional.Tests.Labs;

namespace Holdfast.Functional.Tests;

/// <summary>JupyterLab's own client library, @jupyterlab/services, from Node. What each step does and checks stands in Clients/services.cjs.</summary>
public sealed class ServicesTests
{
    [Theory]
    [InlineData("kernel")]
    [InlineData("session")]
    [InlineData("contents")]
    [InlineData("terminal")]
    [InlineData("stored")]
    [InlineData("buffers")]
    public async Task Services_OnALab_DoWhatTheyPromise(string step)
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        using var client = ServicesClient.Start(step, lab.Root);

        await client.EndWellAsync();
    }

    [Fact]
    public async Task Services_LabKilledAsSoonAsACellRuns_ReconnectAndGetEveryLine()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        using var client = ServicesClient.Start("killed", lab.Root);
        await client.HearAsync("running");

        await lab.KillAsync();
        await client.HearAsync("cut");
        await using var next = await workplace.StartLabAsync(lab.Port);
        await client.HearAsync("back");
        File.WriteAllText(workplace.PathOf("stop"), "");

        await client.EndWellAsync();
    }
}
