using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Holdfast.Cli.Tests.Hub;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Jobs;

/// <summary>The whole way of a notebook, as docs/jobs.md tells it: tried in a machine, run as a job, run again with other parameters, and its output outlives the machine.</summary>
public sealed class ClassicPathTests
{
    private const string Example = "04-from-notebook-to-job.ipynb", Name = "digits";

    /// <summary>What may differ between manifests of the same notebook with other parameters.</summary>
    private static readonly string[] OfARun = ["command", "cost", "created", "ended", "job", "parameters", "started"];

    [Fact]
    public async Task Example_TriedInAMachineAndSubmittedTwice_DiffersInItsParametersAlone()
    {
        if (Trouble() is { } trouble) Assert.Skip(trouble);
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        var notebook = place.Write($"project/{Example}", File.ReadAllText(Path.Combine(Published.Repository, "examples", Example)));
        await WorksAsync(place, "machine", "create", "leaves", "--start");

        // :: 1. Tried in the machine.
        await WorksAsync(place, "storage", "cp", notebook, "leaves:/notebooks");
        await WorksAsync(place, "machine", "exec", "leaves", "--", "holdfast", "nb", "run", $"/notebooks/{Example}", "-o", "/notebooks/tried.ipynb");
        var tried = await WorksAsync(place, "machine", "exec", "leaves", "--", "cat", "/notebooks/tried.ipynb");
        Assert.Contains("epoch 2 of 2: loss 0.0", tried, StringComparison.Ordinal);

        // :: 2. A job.
        await WorksAsync(place, "job", "submit", notebook, "--name", Name, "--machine", "leaves", "-p", "epochs=4", "-p", "hidden=8", "--wait");
        var first = Manifest(place);
        var files = (await WorksAsync(place, "job", "artifacts", Name, "-q")).Split('\n');
        foreach (var file in (string[])["checkpoints/4/complete", "checkpoints/4/weights.npz", "manifest.json", "metrics.jsonl", "model/autoencoder.npz"]) Assert.Contains(file, files);
        var losses = Losses(await CurvesAsync(place, first.Id));
        Assert.Equal(4, losses.Length);
        Assert.Equal(losses.OrderDescending(), losses);
        Assert.Equal(4, File.ReadLines(Path.Combine(first.Output, "metrics.jsonl")).Count());
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"loss {losses[^1]:F4} with 8 numbers"), await WorksAsync(place, "job", "logs", Name), StringComparison.Ordinal);

        // :: 3. Another, of which the hub has all but the parameters.
        string[] again = ["job", "submit", notebook, "--name", Name, "--machine", "leaves", "-p", "epochs=6", "-p", "hidden=8"];
        Assert.True(JsonDocument.Parse(await WorksAsync(place, [.. again, "--dry-run", "--json"])).RootElement.GetProperty("is_sent").GetBoolean());
        await WorksAsync(place, [.. again, "--wait"]);
        var second = Manifest(place);
        Assert.Equal(first.Json.Keys, second.Json.Keys);
        var different = first.Json.Keys.Where(key => first.Json[key] != second.Json[key]).ToHashSet();
        Assert.Subset(OfARun.ToHashSet(), different);
        Assert.Superset(new HashSet<string> { "command", "job", "parameters" }, different);
        Assert.Equal("""{"epochs":6,"hidden":8}""", Compact(second.Json["parameters"]));
        Assert.StartsWith("\"env:", second.Json["environment"], StringComparison.Ordinal);
        Assert.StartsWith("\"sha256:", second.Json["code"], StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(place.PathOf("state/hub/code")));
        // The first four steps are the very same.
        Assert.Equal(losses, Losses(await CurvesAsync(place, second.Id))[..4]);

        // :: 4. The machine goes, the output stays.
        await WorksAsync(place, "machine", "rm", "leaves", "--yes");
        await place.BashAsync("timeout 60 sh -c 'until [ -z \"$(\"$0\" machine ls -q)\" ]; do sleep 0.05; done' \"$0\"");
        await WorksAsync(place, "job", "artifacts", first.Id, "-d", "results");
        Assert.Equal(File.ReadAllBytes(Path.Combine(first.Output, "model/autoencoder.npz")), File.ReadAllBytes(place.PathOf("results/model/autoencoder.npz")));
        Assert.Equal("", await WorksAsync(place, "machine", "ls", "-q"));
    }

    [Fact]
    public async Task Example_AsANotebook_IsAnArtifactWithItsOutputs()
    {
        if (Trouble() is { } trouble) Assert.Skip(trouble);
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        var notebook = place.Write($"project/{Example}", File.ReadAllText(Path.Combine(Published.Repository, "examples", Example)));

        await WorksAsync(place, "job", "submit", notebook, "--name", Name, "--as", "notebook", "-p", "epochs=4", "-p", "hidden=8", "--wait");
        await WorksAsync(place, "job", "artifacts", Name, Example, "-d", "results");

        var executed = File.ReadAllText(place.PathOf($"results/{Example}"));
        Assert.Contains("epoch 4 of 4: loss 0.0", executed, StringComparison.Ordinal);
        Assert.Contains("with 8 numbers for each digit", executed, StringComparison.Ordinal);
        Assert.Equal(4, Losses(await CurvesAsync(place, Manifest(place).Id)).Length);
    }

    /// <summary>What the newest job has left in its output folder.</summary>
    private static (string Id, string Output, Dictionary<string, string> Json) Manifest(Place place)
    {
        var runs = Directory.GetFiles(place.PathOf($"state/hub/storage/runs/{Name}"), "manifest.json", SearchOption.AllDirectories);
        var newest = runs.MaxBy(File.GetLastWriteTimeUtc)!;
        using var json = JsonDocument.Parse(File.ReadAllText(newest));
        var values = json.RootElement.EnumerateObject().ToDictionary(each => each.Name, each => each.Value.GetRawText());
        return (json.RootElement.GetProperty("job").GetString()!, Path.GetDirectoryName(newest)!, values);
    }

    /// <summary>The metrics of a job as the API gives them to a spreadsheet.</summary>
    private static async Task<string[]> CurvesAsync(Place place, string job)
    {
        using var hub = JsonDocument.Parse(File.ReadAllText(place.PathOf("state/hub/hub.json")));
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await place.RunAsync("token", "create", $"of-{job}", "-o", "json")).Json.GetProperty("token").GetString());
        var csv = await client.GetStringAsync($"{hub.RootElement.GetProperty("address").GetString()!.TrimEnd('/')}/api/v1/jobs/{job}/metrics.csv", TestContext.Current.CancellationToken);
        return csv.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }

    private static double[] Losses(string[] csv)
    {
        var (step, loss) = (Array.IndexOf(csv[0].Split(','), "step"), Array.IndexOf(csv[0].Split(','), "loss"));
        var rows = csv.Skip(1).Select(row => row.Split(',')).ToList();
        Assert.Equal(Enumerable.Range(1, rows.Count), rows.Select(row => int.Parse(row[step], CultureInfo.InvariantCulture)));
        return [.. rows.Select(row => double.Parse(row[loss], CultureInfo.InvariantCulture))];
    }

    private static string Compact(string json) => string.Concat(json.Where(each => !char.IsWhiteSpace(each)));

    /// <summary>Runs the program, which must end well; what it says.</summary>
    private static async Task<string> WorksAsync(Place place, params string[] arguments)
    {
        var ran = await place.RunAsync(arguments);
        Assert.True(ran.ExitCode == 0, $"holdfast {string.Join(' ', arguments)}: {ran.ExitCode}\n{ran.Out}{ran.Errors}{(await place.RunAsync("job", "logs", Name)).Out}");
        return ran.Out;
    }

    private static string? Trouble() =>
        !Environment.IsPrivilegedProcess ? "Jobs of the host engine have their own roots as root only."
        : ((string[])["numpy", "ipykernel"]).FirstOrDefault(package => !Directory.Exists($"/usr/lib/python3/dist-packages/{package}")) is { } missing ? $"{missing} for /usr/bin/python3 is not installed."
        : null;
}
