using System.Text.Json;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Data;

/// <summary>The project of examples/leaves. What needs torch is run by <c>./test --with-torch</c>.</summary>
public sealed class LeavesTests
{
    [Fact]
    public async Task Photographs_DrawnPackedAndLoaded_NeedNumpyOnly()
    {
        await using var place = await PlaceAsync();
        place.Write("load.py", """
            import warnings
            import make_leaves
            import numpy as np
            import holdfast.data as hd

            make_leaves.make("photographs", 120, seed=3)
            with warnings.catch_warnings(record=True) as caught:
                src = hd.pack("photographs/train", size=(96, 72), out="train.pack")
            print(*sorted(line.split("train/")[1].split(" is ")[0] for line in str(caught[0].message).splitlines()))
            test = hd.pack("photographs/test", size=(96, 72), out="test.pack")
            block = hd.DataBlock(split=hd.random(0.2, seed=42), item=hd.resize(48), flip="both")
            dls = block.weighted_dataloaders(src, hd.weights(src, power=-1), bs=8, seed=1, tensors="numpy")
            shapes = {x.shape for x, _ in dls.train}
            report = dls.train.report()
            print(len(src), len(src.vocab), shapes, report.classes["healthy"][1] < report.classes["healthy"][0], report.classes["scald"][1] > report.classes["scald"][0])
            probs = np.tile(np.linspace(0.05, 0.15, 10), (len(test), 1))
            dls.test_dl(test)
            hd.submission("submission.csv", dls.correct_prior(probs), sample="photographs/sample_submission.csv")
            print(len(open("submission.csv").readlines()))
            """);

        var loaded = await place.BashAsync("exec /usr/bin/python3 load.py");

        Assert.Equal(new Ran(0, "blast/cut_off.jpg blight/not_found.jpg healthy/empty.jpg\n119 10 {(8, 3, 48, 48)} True True\n13\n", ""), loaded);
    }

    // Twice a minute and a half. With these seeds the error rate is 0.18 (0.22 without weights, 0.74 is the majority's) and the recall of the rare four 0.68 instead of 0.41;
    // another processor rounds elsewhere, so what is asked for is half of that.
    [Fact(Explicit = true)]
    public async Task Notebook_TrainedWithAndWithoutWeights_LearnsAndFindsMoreOfTheRareOnesWithThem()
    {
        await using var place = await PlaceAsync();
        Assert.True((await place.BashAsync("/usr/bin/python3 -c 'import torch'")).ExitCode == 0, "python3-torch is not installed; ./test --with-torch installs it.");

        var weighted = await TrainAsync(place, "weighted", -0.5);
        var plain = await TrainAsync(place, "plain", 0);

        Assert.True(weighted.GetProperty("error_rate").GetDouble() < weighted.GetProperty("majority_error_rate").GetDouble() / 2, weighted.ToString());
        Assert.True(plain.GetProperty("error_rate").GetDouble() < plain.GetProperty("majority_error_rate").GetDouble() / 2, plain.ToString());
        Assert.True(weighted.GetProperty("rare_recall").GetDouble() > plain.GetProperty("rare_recall").GetDouble() + 0.15, $"{weighted} {plain}");
    }

    private static async Task<JsonElement> TrainAsync(Place place, string name, double power)
    {
        place.Set("HOLDFAST_OUTPUT", place.PathOf(name));
        var ran = await place.RunAsync("nb", "run", "leaves.ipynb", "-o", $"{name}.ipynb", "-p", "power", JsonSerializer.Serialize(power));
        Assert.True(ran.ExitCode == 0, ran.Errors);
        var pictures = JsonDocument.Parse(File.ReadAllText(place.PathOf($"{name}.ipynb"))).RootElement.GetProperty("cells").EnumerateArray()
            .SelectMany(cell => cell.TryGetProperty("outputs", out var outputs) ? outputs.EnumerateArray().ToArray() : [])
            .Count(output => output.TryGetProperty("data", out var data) && data.TryGetProperty("image/png", out _));
        Assert.Equal(3, pictures);
        Assert.Equal(161, File.ReadAllLines(place.PathOf($"{name}/submission.csv")).Length);
        return JsonDocument.Parse(File.ReadAllText(place.PathOf($"{name}/results.json"))).RootElement;
    }

    private static async Task<Place> PlaceAsync()
    {
        var place = new Place();
        place.Set("HOLDFAST_PROGRAM", Published.Path);
        place.Set("PYTHONPATH", Path.Combine(Published.Repository, "python"));
        place.Set("PYTHONDONTWRITEBYTECODE", "1");
        if ((await place.BashAsync("/usr/bin/python3 -c 'import numpy, PIL'")).ExitCode != 0) Assert.Skip("python3-numpy or python3-pil is not installed.");
        foreach (var file in Directory.GetFiles(Path.Combine(Published.Repository, "examples/leaves"))) File.Copy(file, place.PathOf(Path.GetFileName(file)));
        return place;
    }
}
