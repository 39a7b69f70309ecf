using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests;

/// <summary>Startup is quick because little is loaded. What a process has mapped tells what it has loaded.</summary>
public sealed class LoadingTests
{
    [Fact]
    public async Task NotebookVerbs_AtWork_HaveNotLoadedTheServer()
    {
        await using var place = new Place();
        var path = place.Write("long.ipynb", $$"""{"cells":[],"metadata":{"long":"{{new string('x', 1 << 20)}}"},"nbformat":4,"nbformat_minor":5}""");
        using var cat = place.Start(Published.Path, "nb", "cat", path);

        // More than a pipe holds: after the first byte the program has done all its work and waits for its reader.
        Assert.Equal('{', cat.StandardOutput.BaseStream.ReadByte());
        var loaded = Loaded(cat.Id);
        cat.Kill();
        await cat.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("Holdfast.Notebooks.dll", loaded);
        Assert.DoesNotContain(loaded, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name is "Holdfast.Lab.dll" or "Holdfast.Keeper.dll");
    }

    [Fact]
    public async Task Keeper_Running_HasNotLoadedTheServer()
    {
        await using var place = new Place();
        using var keeper = place.Start(Published.Path, "keeper", "run");
        var first = await keeper.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);

        var loaded = Loaded(keeper.Id);
        Assert.Equal(0, (await place.RunAsync("keeper", "stop")).ExitCode);
        await keeper.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Contains(place.Home.SocketPath, first!, StringComparison.Ordinal);
        Assert.Contains("Holdfast.Keeper.dll", loaded);
        Assert.DoesNotContain(loaded, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) || name is "Holdfast.Lab.dll");
    }

    private static string[] Loaded(int process) => [.. File.ReadLines($"/proc/{process}/maps").Select(line => Path.GetFileName(line.Split(' ')[^1])).Distinct()];
}
