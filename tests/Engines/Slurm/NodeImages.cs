using System.Diagnostics;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Slurm;
using Holdfast.Engines.Tests.Podman;

namespace Holdfast.Engines.Tests.Slurm;

/// <summary>
/// A cluster whose nodes have Podman, a stand-in for pyxis that is loaded by the real srun, and one for Apptainer; and a real registry with an image. The real pyxis and Apptainer are not to be had
/// where these tests were written.
/// </summary>
internal sealed class NodeImages : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-ni-").FullName;
    private readonly PodmanService _podman;
    private LocalRegistry _registry = null!;

    private NodeImages(PodmanService podman) => _podman = podman;

    public SlurmCluster Cluster { get; private set; } = null!;

    /// <summary>The image in the registry, with a tag, and its digest there.</summary>
    public string Image { get; private set; } = "";

    public string Digest { get; private set; } = "";

    public static async Task<NodeImages> OpenAsync(PodmanService podman)
    {
        if (podman.Unusable is { } none) Assert.Skip(none);
        if (((string[])["/usr/bin/gcc", "/usr/include/slurm/spank.h", "/usr/bin/curl", "/usr/bin/python3"]).FirstOrDefault(path => !File.Exists(path)) is { } missing) Assert.Skip($"{missing} is not installed.");
        var nodes = new NodeImages(podman);
        try
        {
            await nodes.MakeAsync();
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
        if (nodes.Cluster.Unusable is not { } reason) return nodes;
        await nodes.DisposeAsync();
        Assert.Skip(reason);
        throw new UnreachableException();
    }

    /// <summary>What a stand-in was given, a line for each time.</summary>
    public string[] Given(string program) => File.Exists(PathOf($"{program}.given")) ? File.ReadAllLines(PathOf($"{program}.given")) : [];

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>An engine for these nodes; <paramref name="containers"/> is null for what a node finds first.</summary>
    public SlurmEngine Engine(string? containers) => new(PathOf("index"), new SlurmSettings { Conf = Cluster.Conf, Containers = containers }, TimeProvider.System);

    public WorkloadSpec Script(string program, string script)
    {
        var id = $"t{Guid.NewGuid():N}"[..12];
        return new WorkloadSpec
        {
            Id = id,
            // Podman would want TLS of the registry.
            Image = program == "podman" ? "localhost/holdfast-test:1" : Image,
            Argv = ["/bin/sh", "-c", script],
            Environment = new Dictionary<string, string> { ["PATH"] = "/usr/local/bin:/usr/bin:/bin", ["WORD"] = "it's \"mine\"", ["TOKEN"] = $"secret-{id}" },
            Scratch = Directory.CreateDirectory(PathOf(id), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName,
            OutputFile = PathOf($"{id}.out"),
            Turn = new WorkloadTurn { Digest = program == "podman" ? null : Digest },
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (Cluster is not null) await Cluster.DisposeAsync();
        if (_registry is not null) await _registry.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task MakeAsync()
    {
        // 1. A registry with the image.
        _registry = await LocalRegistry.StartAsync();
        Image = $"{_registry.Name}/team/test:1";
        await _podman.RunPodmanAsync("push", "-q", "--tls-verify=false", "--digestfile", PathOf("digest"), "localhost/holdfast-test:1", Image);
        Digest = (await File.ReadAllTextAsync(PathOf("digest"))).Trim();

        // 2. What pyxis would have unpacked, and the plugin.
        await RunAsync("/bin/bash", "-c", TestImage.Script, Directory.CreateDirectory(PathOf("root")).FullName);
        await File.WriteAllTextAsync(PathOf("pyxis.c"), Resource("pyxis.c"));
        await RunAsync("/usr/bin/gcc", "-shared", "-fPIC", "-o", PathOf("pyxis.so"), PathOf("pyxis.c"));
        await File.WriteAllTextAsync(PathOf("plugstack.conf"), $"required {PathOf("pyxis.so")} {PathOf("root")} {PathOf("pyxis.given")}\n");

        // 3. What nodes have on their PATH: the tests' own Podman, and Apptainer.
        var place = Path.GetDirectoryName(_podman.Socket)!;
        await File.WriteAllTextAsync(PathOf("apptainer.py"), Resource("apptainer.py"));
        Directory.CreateDirectory(PathOf("bin"));
        await ProgramAsync("bin/podman", $"exec /usr/bin/podman --root {place}/root --runroot {place}/run \"$@\"\n");
        await ProgramAsync("bin/apptainer", $"STAND_IN_RECORD={PathOf("apptainer.given")} exec /usr/bin/python3 {PathOf("apptainer.py")} \"$@\"\n");
        var prolog = await ProgramAsync("prolog.sh", $"echo export CONTAINERS_CONF={place}/containers.conf\necho export PATH={PathOf("bin")}:$PATH\n");
        // Slurm runs it where a plugin has put the task.
        File.Copy(prolog, $"{Directory.CreateDirectory(PathOf("root") + _folder).FullName}/{Path.GetFileName(prolog)}");
        Cluster = new SlurmCluster { More = $"TaskProlog={prolog}\nPlugStackConfig={PathOf("plugstack.conf")}" };
        await Cluster.InitializeAsync();
    }

    private async Task<string> ProgramAsync(string name, string script)
    {
        await File.WriteAllTextAsync(PathOf(name), $"#!/bin/sh\n{script}");
        File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return PathOf(name);
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(NodeImages).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
