using System.Text.Json;
using Holdfast.Cli.Tests.Hub;
using Holdfast.Cli.Tests.Running;
using Holdfast.Engines.Tests.Podman;
using Holdfast.Hub.Tests.Machines;

namespace Holdfast.Cli.Tests.Jobs;

/// <summary>The example's way in an image: a computer that lacks a package, an image that has it, and a job whose image outlives the hub.</summary>
[Collection(PodmanTests.Name)]
public sealed class PodmanPathTests(PodmanService podman, DebianImage image) : IClassFixture<DebianImage>
{
    private const string Example = "04-from-notebook-to-job.ipynb", Name = "digits";

    [Fact]
    public async Task Example_OfAMachineWithAnImage_RunsInOneImageWithOtherParameters()
    {
        if (image.Unusable is { } trouble) Assert.Skip(trouble);
        await using var place = new Place();
        place.Set("CONTAINER_HOST", $"unix://{podman.Socket}");
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        var notebook = place.Write($"project/{Example}", File.ReadAllText(Path.Combine(Published.Repository, "examples", Example)));

        // :: 1. The script needs what this computer's Python has not, and the image has.
        await place.BashAsync("/usr/bin/python3 -m venv --without-pip bare");
        place.Set("PATH", $"{place.PathOf("bare/bin")}:{Environment.GetEnvironmentVariable("PATH")}");
        await WorksAsync(place, "nb", "export", notebook, "-o", place.PathOf("train.py"));
        var outside = await place.BashAsync("python3 train.py");
        var check = await place.RunAsync("image", "check", DebianImage.Name, "--script", "train.py", "--outside");
        Assert.Equal(1, outside.ExitCode);
        Assert.Matches(@"ModuleNotFoundError: No module named '(numpy|holdfast)'", outside.Errors);
        Assert.True(check.ExitCode == 0, check.Out + check.Errors);
        Assert.Matches(@"(?s)^this computer: failed with exit code 1\n.*No module named 'numpy'\n.*holdfast-debian:1: passed\n", check.Out);

        // :: 2. Tried in a machine of the image, submitted from there.
        await WorksAsync(place, "machine", "create", "leaves", "--image", DebianImage.Name, "--start");
        await WorksAsync(place, "storage", "cp", notebook, "leaves:/notebooks");
        await WorksAsync(place, "machine", "exec", "leaves", "--", "holdfast", "nb", "run", $"/notebooks/{Example}", "-o", "/notebooks/tried.ipynb");
        await WorksAsync(place, "job", "submit", notebook, "--name", Name, "--machine", "leaves", "-p", "epochs=4", "-p", "hidden=8", "--wait");
        var first = await ManifestAsync(place);

        // :: 3. With another parameter the image is the same one: nothing is built.
        var images = await podman.RunPodmanAsync("images", "--all", "--quiet", "--no-trunc");
        await WorksAsync(place, "job", "submit", notebook, "--name", Name, "--machine", "leaves", "-p", "epochs=5", "-p", "hidden=8", "--wait");
        var second = await ManifestAsync(place);
        Assert.Equal(images, await podman.RunPodmanAsync("images", "--all", "--quiet", "--no-trunc"));
        Assert.Equal(Text(first, "image_id"), Text(second, "image_id"));
        Assert.Equal((4, 5), (first.GetProperty("parameters").GetProperty("epochs").GetInt32(), second.GetProperty("parameters").GetProperty("epochs").GetInt32()));
        Assert.Contains("model/autoencoder.npz", (await WorksAsync(place, "job", "artifacts", Name, "-q")).Split('\n'));

        // :: 4. The image is an ordinary one, with arguments, and needs no hub.
        var command = first.GetProperty("command").EnumerateArray().Select(word => word.GetString()!).Where(word => !word.StartsWith("--", StringComparison.Ordinal));
        var plain = await podman.RunPodmanAsync(["run", "--rm", "--network=none", Text(first, "image_id"), .. command, "--epochs=3", "--hidden=8"]);
        Assert.Contains("epoch 3 of 3: loss 0.0", plain, StringComparison.Ordinal);
    }

    /// <summary>What the newest job has left.</summary>
    private static async Task<JsonElement> ManifestAsync(Place place)
    {
        await WorksAsync(place, "job", "artifacts", Name, "manifest.json", "-d", "seen");
        return JsonDocument.Parse(File.ReadAllText(place.PathOf("seen/manifest.json"))).RootElement;
    }

    private static string Text(JsonElement json, string field) => json.GetProperty(field).GetString()!;

    private static async Task<string> WorksAsync(Place place, params string[] arguments)
    {
        var ran = await place.RunAsync(arguments);
        Assert.True(ran.ExitCode == 0, $"holdfast {string.Join(' ', arguments)}: {ran.ExitCode}\n{ran.Out}{ran.Errors}{(await place.RunAsync("job", "logs", Name)).Out}");
        return ran.Out;
    }
}
