using Holdfast.Cli.Tests.Running;
using Holdfast.Engines.Tests.Podman;

namespace Holdfast.Cli.Tests.Hub;

/// <summary><c>holdfast image</c> with a real hub, a real Podman and a real registry.</summary>
[Collection(PodmanTests.Name)]
public sealed class ImageTests(PodmanService podman)
{
    [Fact]
    public async Task Image_BuiltCheckedPushedAndPruned_IsSaidInWords()
    {
        if (podman.Unusable is { } reason) Assert.Skip(reason);
        await using var registry = await LocalRegistry.StartAsync(withLogin: true);
        await using var place = new Place();
        place.Set("CONTAINER_HOST", $"unix://{podman.Socket}");
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        var target = $"{registry.Name}/team/leaves:1";
        place.Write("leaves/Containerfile", $"FROM {podman.Image}\nRUN echo 'x = 1' > /usr/lib/python3.11/leafpackage.py\nCOPY data /data\n");
        place.Write("leaves/data/one", "1");
        var script = place.Write("train.py", "\"\"\"import nothing_of_this\n\"\"\"\nimport os, local_part\nfrom leafpackage import (\n    x,\n)\nprint('not run')\n");
        place.Write("local_part.py", "");
        var notebook = place.Write("train.ipynb", """{"cells":[{"cell_type":"code","execution_count":null,"id":"a","metadata":{},"outputs":[],"source":["%matplotlib inline\n","import other_package"]}],"metadata":{"language_info":{"name":"python"}},"nbformat":4,"nbformat_minor":5}""");

        var none = await place.RunAsync("image", "build", place.PathOf("nowhere"));
        var built = await place.RunAsync("image", "build", place.PathOf("leaves"));
        var again = await place.RunAsync("image", "build", place.PathOf("leaves"), "--fresh", "-q", "-o", "json");
        var list = await place.RunAsync("image", "ls");
        var check = await place.RunAsync("image", "check", "leaves", "--script", script, "--outside");
        var failed = await place.RunAsync("image", "check", "leaves", "--script", notebook, "-o", "json");
        var command = await place.RunAsync("image", "check", "leaves", "--", "cat", "/data/one");
        var denied = await place.RunAsync("image", "push", "leaves", target);
        var login = await place.RunWithInputAsync("ada:pass\n"u8.ToArray(), "image", "login", registry.Name);
        var pushed = await place.RunAsync("image", "push", "leaves", target);
        var remote = await place.RunAsync("image", "ls", "--remote", $"{registry.Name}/team/leaves");
        var missing = await place.RunAsync("image", "ls", "--remote", $"{registry.Name}/team/none");
        var completed = await place.RunAsync("[suggest:20]", "holdfast image push ");
        place.Write("leaves/data/one", "2");
        await place.RunAsync("image", "build", place.PathOf("leaves"), "-t", "leaves:1", "-q");
        var used = await place.RunAsync("image", "rm", "none");
        var unasked = await place.RunAsync("image", "prune");
        var pruned = await place.RunAsync("image", "prune", "--yes");
        var removed = await place.RunAsync("image", "rm", "leaves:1");
        var pulled = await place.RunAsync("image", "pull", target, "-q");
        var logout = await place.RunAsync("image", "logout", registry.Name);

        Assert.Equal((1, true), (none.ExitCode, none.Errors.StartsWith("holdfast: there is no folder ", StringComparison.Ordinal)));
        Assert.Matches(@"^localhost/people/[a-z0-9_-]+/leaves:1\n$", built.Out);
        Assert.Contains("STEP 1/", built.Errors, StringComparison.Ordinal);
        Assert.Equal((built.Out.Trim(), ""), (again.Json.GetProperty("name").GetString(), again.Errors));
        Assert.Matches(@"(?m)^IMAGE +ID +DIGEST +OWN +SHARED +CREATED +USED BY$", list.Out);
        Assert.Matches(@"(?m)^localhost/people/[a-z0-9_-]+/leaves:1 +[0-9a-f]{12} +- +\d[\d.]* k?B +[\d.]+ MB +-$", list.Out);
        Assert.True(check.ExitCode == 0, check.Out);
        Assert.Matches(@"(?s)^this computer: failed with exit code 1\n.*No module named 'leafpackage'\n.*/leaves:1: passed\n", check.Out);
        Assert.Equal((1, false), (failed.ExitCode, failed.Json.GetProperty("passed").GetBoolean()));
        Assert.Contains("No module named 'other_package'", failed.Json.GetProperty("output").GetString(), StringComparison.Ordinal);
        Assert.Matches(@"/leaves:1: passed\n  \| 1\n$", command.Out);
        Assert.Matches(@$"(?m)^holdfast: The registry {registry.Name} denies {target} without a login; mend: log in there \(holdfast image login {registry.Name}\)", denied.Errors);
        Assert.Equal($"ada is logged in to {registry.Name}; the secret is REGISTRY_127_0_0_1_{registry.Name.Split(':')[1]}_LOGIN.\n", login.Out);
        Assert.Matches($"^{target}@sha256:[0-9a-f]{{64}}\n$", pushed.Out);
        Assert.Contains(pushed.Out.Trim().Split('@')[1], remote.Out, StringComparison.Ordinal);
        Assert.StartsWith($"holdfast: The registry {registry.Name} has no team/none; mend: ", missing.Errors, StringComparison.Ordinal);
        Assert.Contains(built.Out.Trim(), completed.Out, StringComparison.Ordinal);
        Assert.StartsWith("holdfast: There is no image none here; mend: ", used.Errors, StringComparison.Ordinal);
        Assert.Matches(@"(?s)^.*  [0-9a-f]{12}\n\d+ images?, \d[\d.]* k?B\.\n$", unasked.Out);
        Assert.Contains("prune --yes' removes them.", unasked.Errors, StringComparison.Ordinal);
        Assert.Matches(@"\n1 image removed, \d[\d.]* k?B are free\.\n$", pruned.Out);
        Assert.Matches(@"^localhost/people/[a-z0-9_-]+/leaves:1 is removed, \d[\d.]* k?B are free\.\n$", removed.Out);
        Assert.Equal(pushed.Out, pulled.Out);
        Assert.Equal($"The login to {registry.Name} is removed.\n", logout.Out);
    }

    [Fact]
    public async Task Image_WithoutPodman_SaysWhatIsMissing()
    {
        await using var place = new Place();
        place.Set("CONTAINER_HOST", $"unix://{place.PathOf("none.sock")}");
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");

        var ran = await place.RunAsync("image", "ls");

        Assert.Equal(new Ran(1, "", "holdfast: This hub has no Podman, and nothing else has images; mend: 'holdfast doctor' says what is missing.\n"), ran);
        Assert.Equal("holdfast: a check needs a command after --, or --script FILE.\n", (await place.RunAsync("image", "check", "x")).Errors);
    }
}
