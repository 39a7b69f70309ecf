using System.Diagnostics;
using System.Security.Cryptography;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Podman;
using Holdfast.Engines.Tests.Podman;
using Holdfast.Hub.Images;

namespace Holdfast.Hub.Tests.Images;

/// <summary>Code on top of an image, with a real Podman.</summary>
[Collection(PodmanTests.Name)]
public sealed class JobImagesTests(PodmanService podman) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-ji-").FullName;
    private readonly string _hash = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    private PodmanEngine _engine = null!;
    private JobImages _images = null!;
    private HubFolders _folders = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        if ((podman.Unusable ?? (TestHub.Program is null ? "HOLDFAST_PROGRAM is not set: ./test sets it to the program that it has built." : null)) is { } reason)
        {
            Directory.Delete(_folder, recursive: true);
            Assert.Skip(reason);
        }
        _engine = new PodmanEngine(podman.Socket);
        _folders = new HubFolders(_folder) { MeetingRoot = _folder };
        _images = new JobImages(new HubOptions { Folders = _folders, Engines = new Dictionary<string, IEngine> { ["podman"] = _engine }, ProgramFolder = Path.GetDirectoryName(TestHub.Program)!, Settings = new HubSettings() });
        var code = HubFolders.Make(_folders.CodeFilesOf(_hash));
        File.WriteAllText(Path.Combine(code, "train.py"), "import sys, os, helper, importlib.util\nprint(os.getcwd(), helper.x, *sys.argv[1:], importlib.util.find_spec('holdfast').origin)\n");
        File.WriteAllText(Path.Combine(code, "helper.py"), "x = 1\n");
        // The project's own recipe and what its builds ignore are code like the rest.
        File.WriteAllText(Path.Combine(code, "Containerfile"), "FROM nowhere\n");
        File.WriteAllText(Path.Combine(code, ".containerignore"), "*\n");
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _engine?.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Make_ThenAgain_RunsUnderPlainPodmanAndIsFoundWithoutABuild()
    {
        var made = TestHub.Value(await _images.MakeAsync(podman.Image, $"sha256:{_hash}", "train-leaves", null, Cancellation));
        var watch = Stopwatch.StartNew();
        var lines = new List<string>();
        var again = TestHub.Value(await _images.MakeAsync("localhost/holdfast-test:1", _hash, "other", new Lines(lines), Cancellation));
        TestContext.Current.SendDiagnosticMessage($"found again in {watch.ElapsedMilliseconds} ms");

        Assert.Equal((new JobImage(made.Reference, null, false), new JobImage(made.Reference, null, true)), (made, again));
        Assert.Empty(lines);
        var images = (await _engine.ImagesAsync(Cancellation)).Value!.Single(image => image.Id == made.Reference);
        Assert.Collection(images.Names, name => Assert.StartsWith("localhost/holdfast/jobs/other:", name, StringComparison.Ordinal), name => Assert.StartsWith("localhost/holdfast/jobs/train-leaves:", name, StringComparison.Ordinal));
        Assert.Equal((podman.Image, _hash), (images.Labels[JobImages.BaseLabel], images.Labels[JobImages.CodeLabel]));
        Assert.Equal("/code 1 --epochs 20 /opt/holdfast/python/holdfast/__init__.py", await podman.RunPodmanAsync("run", "--rm", "--network=none", images.Names[1], "python3", "train.py", "--epochs", "20"));
    }

    [Fact]
    public async Task Make_SeveralAtOnce_IsOneImage()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _images.MakeAsync(podman.Image, _hash, "train", null, Cancellation)));

        Assert.Single(made.Select(each => each.Value!.Reference).Distinct());
        Assert.Single(made, each => !each.Value!.WasThere);
    }

    [Fact]
    public async Task Make_OfWhatIsNot_SaysWhat()
    {
        Assert.Equal("image-missing", (await _images.MakeAsync("localhost/none:1", _hash, "train", null, Cancellation)).Fault?.Code);
        Assert.Equal("not-found", (await _images.MakeAsync(podman.Image, new string('0', 64), "train", null, Cancellation)).Fault?.Code);
        Assert.Equal("bad-request", (await _images.MakeAsync(podman.Image, "../../etc", "train", null, Cancellation)).Fault?.Code);
        Assert.Equal("bad-request", (await _images.MakeAsync(podman.Image, _hash, "No Name", null, Cancellation)).Fault?.Code);
    }

    private sealed class Lines(List<string> lines) : IProgress<string>
    {
        public void Report(string value) => lines.Add(value);
    }
}
