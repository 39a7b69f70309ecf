using System.Net.Http.Json;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

public sealed class KeeperTests
{
    [Fact]
    public async Task Nothing_Running_IsSaidByEveryVerb()
    {
        await using var place = new Place();

        Assert.Equal(new Ran(0, "No keeper runs.\n", ""), await place.RunAsync("keeper", "stop"));
        Assert.Equal(new Ran(0, $"No keeper runs for {place.State}. A lab starts one.\n", ""), await place.RunAsync("keeper", "ls"));
        Assert.Equal(new Ran(0, $"No lab and no kernel runs. '{Published.Path} lab DIR' opens a folder of notebooks.\n", ""), await place.RunAsync("ls"));
        Assert.False((await place.RunAsync("keeper", "ls", "-o", "json")).Json.GetProperty("running").GetBoolean());
        Assert.Equal("""{"labs":[],"keeper":false,"kernels":[],"terminals":[]}""", string.Concat((await place.RunAsync("ls", "-o", "json")).Out.Where(c => !char.IsWhiteSpace(c))));
    }

    [Fact]
    public async Task Keeper_StartedTwice_TheSecondEnds()
    {
        await using var place = new Place();
        using var keeper = place.Start(Published.Path, "keeper", "run");
        await keeper.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

        var second = await place.RunAsync("keeper", "run");
        var list = await place.RunAsync("keeper", "ls", "-o", "json");
        var stop = await place.RunAsync("keeper", "stop");
        await keeper.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("another keeper runs", second.Out, StringComparison.Ordinal);
        Assert.Equal(keeper.Id, list.Json.GetProperty("pid").GetInt32());
        Assert.Equal(new Ran(0, "The keeper has ended.\n", ""), stop);
        Assert.Equal(0, keeper.ExitCode);
    }

    [Fact]
    public async Task Kernels_Running_AreListedAndEndedOnlyWhenItIsSaid()
    {
        await using var place = new Place();
        await using var lab = await RunningLab.StartAsync(place.Start(Published.Path, "lab", "--no-browser", "--port", "0", "--token", "t", place.Notebooks));
        using var client = new HttpClient { BaseAddress = lab.Link };
        using var started = await client.PostAsJsonAsync("/api/kernels?token=t", new { name = "python3" }, TestContext.Current.CancellationToken);
        if (!started.IsSuccessStatusCode) Assert.Skip("There is no Python kernel here.");

        var list = (await place.RunAsync("ls", "-o", "json")).Json;
        var refused = await place.RunAsync("keeper", "stop");
        var text = await place.RunAsync("ls");
        var table = await place.RunAsync("keeper", "ls");
        var stopped = await place.RunAsync("keeper", "stop", "--yes");

        var kernel = list.GetProperty("kernels")[0].GetProperty("id").GetString()!;
        Assert.Equal(lab.Link.Port, new Uri(list.GetProperty("labs")[0].GetProperty("url").GetString()!).Port);
        Assert.Equal(place.Notebooks, list.GetProperty("labs")[0].GetProperty("root").GetString());
        Assert.Equal(1, refused.ExitCode);
        Assert.StartsWith("This ends 1 kernel and what it computes:\n", refused.Out, StringComparison.Ordinal);
        Assert.Equal("holdfast: nothing was stopped. 'holdfast keeper stop --yes' ends these kernels without asking.\n", refused.Errors);
        Assert.Matches(@"^LAB +PROCESS +FOLDER\nhttp://127.0.0.1:\d+/ +\d+ +\S+\n\nNOTEBOOK +STATE +KERNEL +STARTED +RECORDS +FOLDER\n", text.Out);
        Assert.Contains(kernel, table.Out, StringComparison.Ordinal);
        Assert.Equal(new Ran(0, "The keeper has ended, and 1 kernel with it.\n", ""), stopped);
    }
}
