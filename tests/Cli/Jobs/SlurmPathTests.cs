using System.Text.Json;
using System.Text.RegularExpressions;
using Holdfast.Cli.Tests.Hub;
using Holdfast.Cli.Tests.Running;
using Holdfast.Engines.Tests.Slurm;

namespace Holdfast.Cli.Tests.Jobs;

/// <summary>The way of a notebook to a job, with nothing changed but <c>--engine slurm</c>; and what the doctor says of the cluster.</summary>
[Collection(SlurmTests.Name)]
public sealed class SlurmPathTests(SlurmCluster cluster)
{
    private const string Example = "04-from-notebook-to-job.ipynb";

    [Fact]
    public async Task Example_OnSlurmAndOnTheHost_ComesToTheSame()
    {
        if (Trouble() is { } trouble) Assert.Skip(trouble);
        await using var place = new Place();
        place.Write("state/hub/hub.yaml", $"slurm: {{conf: {cluster.Conf}, partition: {SlurmCluster.Partition}}}\n");
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        var notebook = place.Write($"project/{Example}", File.ReadAllText(Path.Combine(Published.Repository, "examples", Example)));

        foreach (var engine in (string[])["host", "slurm"]) await WorksAsync(place, "job", "submit", notebook, "--name", $"on-{engine}", "--engine", engine, "-p", "epochs=4", "-p", "hidden=8", "--wait");

        var (here, there) = (Left(place, "on-host"), Left(place, "on-slurm"));
        Assert.Equal(await WorksAsync(place, "job", "logs", "on-host"), await WorksAsync(place, "job", "logs", "on-slurm"));
        foreach (var file in (string[])["metrics.jsonl", "model/autoencoder.npz", "checkpoints/4/weights.npz"])
        {
            Assert.Equal(Content(here, file), Content(there, file));
        }
        var (one, other) = (Manifest(here), Manifest(there));
        Assert.Equal(one.Keys, other.Keys);
        Assert.Equal(["created", "ended", "engine", "job", "name", "started"], one.Keys.Where(key => one[key] != other[key]).Except(["cost"]).Order());
        Assert.Contains("a node of the Slurm cluster", await WorksAsync(place, "job", "show", "on-slurm"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_OfTheCluster_LooksFromItsNodes()
    {
        if (cluster.Unusable is { } reason) Assert.Skip(reason);
        await using var place = new Place();
        place.Write("state/hub/hub.yaml", $"slurm: {{conf: {cluster.Conf}}}\n");

        var sound = await place.RunAsync("doctor", "--engine", "slurm");
        place.Write("state/hub/hub.yaml", $"slurm: {{conf: {cluster.Conf}, partition: moon}}\n");
        var elsewhere = await place.RunAsync("doctor", "--engine", "slurm");
        place.Write("state/hub/hub.yaml", "slurm: {conf: /nowhere/slurm.conf}\n");
        var nowhere = await place.RunAsync("doctor", "--engine", "slurm");

        Assert.Equal(0, sound.ExitCode);
        Assert.Matches(@"(?m)^ok    partition lab\* +2 nodes \(allocated/idle \d/\d\), 4 processors and 2000 MB each, no GPUs, at most 1-00:00:00", sound.Out);
        foreach (var node in (string[])[SlurmCluster.First, SlurmCluster.Second]) Assert.Equal(2, sound.Out.Split('\n').Count(line => line.StartsWith($"ok    node {node}", StringComparison.Ordinal) && line.Contains("is shared: ", StringComparison.Ordinal)));
        Assert.Empty(Directory.EnumerateFiles(place.PathOf("state/hub/storage"), ".holdfast*"));
        Assert.Equal((1, true), (elsewhere.ExitCode, elsewhere.Out.Contains("The cluster has no partition moon.", StringComparison.Ordinal) && elsewhere.Out.Contains("mend: slurm.partition in hub.yaml, one of: lab", StringComparison.Ordinal)));
        Assert.Equal((1, true), (nowhere.ExitCode, nowhere.Out.Contains("slurm.conf: there is no file '/nowhere/slurm.conf'", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Submit_WhereTheHubHasNoCluster_SaysWhatToWrite()
    {
        if (!Environment.IsPrivilegedProcess) Assert.Skip("Jobs of the host engine have their own roots as root only.");
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");

        var refused = await place.RunAsync("job", "submit", "--no-code", "--engine", "slurm", "--", "true");

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("engine: there is no engine 'slurm' here", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("mend: slurm in hub.yaml", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Submit_WhileTheClusterIsAway_SaysOnceWhatItWaitsFor()
    {
        if (cluster.Unusable is { } reason) Assert.Skip(reason);
        await using var place = new Place();
        var conf = place.PathOf("slurm.conf");
        place.Write("slurm.conf", Regex.Replace(File.ReadAllText(cluster.Conf), "(?m)^SlurmctldPort=.*$", "SlurmctldPort=1"));
        place.Write("state/hub/hub.yaml", $"slurm: {{conf: {conf}}}\n");
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");

        var submitting = place.RunAsync("job", "submit", "--no-code", "--name", "later", "--engine", "slurm", "--wait", "--", "true");
        while (!submitting.IsCompleted && hub.Said.Split("(later) waits").Length < 3) await Task.Delay(50, TestContext.Current.CancellationToken);
        File.Copy(cluster.Conf, $"{conf}.new");
        File.Move($"{conf}.new", conf, overwrite: true);
        var submitted = await submitting;

        Assert.True(submitted.ExitCode == 0, $"{submitted.Out}{submitted.Errors}");
        Assert.Single($"{submitted.Out}{submitted.Errors}".Split('\n'), line => line.Contains("engine unavailable", StringComparison.Ordinal));
    }

    /// <summary>The output folder of the only job of a name.</summary>
    private static string Left(Place place, string name) => Assert.Single(Directory.GetDirectories(place.PathOf($"state/hub/storage/runs/{name}")));

    /// <summary>A file; of an archive what is in it, since it has the times of its making.</summary>
    private static string Content(string folder, string file)
    {
        var bytes = File.ReadAllBytes(Path.Combine(folder, file));
        if (!file.EndsWith(".npz", StringComparison.Ordinal)) return string.Join('\n', System.Text.Encoding.UTF8.GetString(bytes).Split('\n').Select(line => Regex.Replace(line, "\"(time|run)\": ?[^,}]*", "")));
        using var archive = new System.IO.Compression.ZipArchive(new MemoryStream(bytes));
        return string.Join('\n', archive.Entries.Select(entry => $"{entry.FullName} {entry.Crc32}"));
    }

    private static Dictionary<string, string> Manifest(string folder)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json")));
        return json.RootElement.EnumerateObject().ToDictionary(each => each.Name, each => each.Value.GetRawText());
    }

    private static async Task<string> WorksAsync(Place place, params string[] arguments)
    {
        var ran = await place.RunAsync(arguments);
        Assert.True(ran.ExitCode == 0, $"holdfast {string.Join(' ', arguments)}: {ran.ExitCode}\n{ran.Out}{ran.Errors}");
        return ran.Out;
    }

    private string? Trouble() => cluster.Unusable
        ?? (((string[])["numpy", "ipykernel"]).FirstOrDefault(package => !Directory.Exists($"/usr/lib/python3/dist-packages/{package}")) is { } missing ? $"{missing} for /usr/bin/python3 is not installed." : null);
}
