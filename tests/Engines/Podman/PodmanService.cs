using System.Diagnostics;
using System.Net.Sockets;
using Holdfast.Engines.Host;
using Holdfast.Engines.Podman;

namespace Holdfast.Engines.Tests.Podman;

/// <summary>
/// A Podman of the tests' own: its service, its store, and one image that is made of this computer's files, in a folder that is gone afterwards. Tests are
/// skipped, with the reason, where there is no Podman or it cannot start containers.
/// </summary>
public sealed class PodmanService : IAsyncLifetime
{
    /// <summary>What <c>holdfast doctor</c> says to write where the defaults do not work.</summary>
    public const string GoodConf = """
        [containers]
        default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
        [engine]
        runtime = "runc"
        cgroup_manager = "cgroupfs"
        events_logger = "file"
        [network]
        network_backend = "netavark"
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("hf-pm-").FullName;
    private Process? _service;

    /// <summary>Its <c>containers.conf</c>.</summary>
    public string Conf { get; init; } = GoodConf;

    public string Socket => Path.Combine(_folder, "podman.sock");

    /// <summary>Debian's sh, coreutils, grep and Python.</summary>
    public string Image { get; private set; } = "";

    /// <summary>Why there is no Podman to test with; null when there is.</summary>
    public string? Unusable { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists("/usr/bin/podman")) Unusable = "Podman is not installed.";
        else if (!Environment.IsPrivilegedProcess) Unusable = "These tests start Podman as root.";
        else if (!File.Exists("/usr/sbin/runc") && !File.Exists("/usr/bin/runc")) Unusable = "runc is not installed.";
        if (Unusable is not null) return;
        await File.WriteAllTextAsync(Path.Combine(_folder, "containers.conf"), Conf);
        await StartAsync();
        using var engine = new PodmanEngine(Socket);
        var faults = await engine.CheckAsync(CancellationToken.None);
        Unusable = faults is [var first, ..] ? first.Message : null;
        if (Unusable is not null) return;
        var tree = Directory.CreateDirectory(Path.Combine(_folder, "tree")).FullName;
        await RunAsync("/bin/bash", "-c", TestImage.Script, tree);
        Image = await ImportAsync(tree, "localhost/holdfast-test:1");
    }

    /// <summary>Starts the service, as a boot does.</summary>
    public async Task StartAsync()
    {
        _service = Process.Start(Podman(["system", "service", "--time=0", $"unix://{Socket}"]))!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!Answers()) await Task.Delay(10, limit.Token);
    }

    /// <summary>Ends the service as a crash does.</summary>
    public async Task KillAsync()
    {
        if (_service is null) return;
        _service.Kill();
        await _service.WaitForExitAsync();
        _service.Dispose();
        _service = null;
    }

    /// <summary>Makes an image of a folder; its id.</summary>
    public async Task<string> ImportAsync(string tree, string name)
    {
        var archive = Path.Combine(_folder, "image.tar");
        await RunAsync("/bin/tar", "-C", tree, "-cf", archive, ".");
        var id = await RunPodmanAsync("import", "-q", archive, name);
        return id.StartsWith("sha256:", StringComparison.Ordinal) ? id : $"sha256:{id}";
    }

    /// <summary>What a podman command on the same store says.</summary>
    public Task<string> RunPodmanAsync(params string[] arguments) => RunAsync(Podman(arguments));

    public async ValueTask DisposeAsync()
    {
        if (_service is not null) await RunPodmanAsync("rm", "--all", "--force", "--time=0");
        await KillAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (EndMonitors()) await Task.Delay(20, limit.Token);
        foreach (var mount in HostMount.All().Where(mount => HostMount.IsIn(mount.Point, _folder)).Reverse()) await RunAsync("/bin/umount", mount.Point);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>
    /// The monitor of each exec waits five minutes, and then calls a podman that would make the folder anew; that of a container does so at its end, and while
    /// such a podman runs it has mounts in the folder.
    /// </summary>
    /// <returns>Whether there was any process of this folder.</returns>
    private bool EndMonitors()
    {
        var any = false;
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                try
                {
                    if (!File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(_folder, StringComparison.Ordinal)) continue;
                    any = true;
                    if (process.ProcessName == "conmon") process.Kill();
                }
                catch (Exception e) when (e is IOException or InvalidOperationException)
                {
                    // It has ended by itself.
                }
            }
        }

        return any;
    }

    private ProcessStartInfo Podman(IEnumerable<string> arguments) =>
        new("/usr/bin/podman", ["--root", Path.Combine(_folder, "root"), "--runroot", Path.Combine(_folder, "run"), .. arguments])
        {
            Environment = { ["CONTAINERS_CONF"] = Path.Combine(_folder, "containers.conf") },
        };

    private bool Answers()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(Socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static Task<string> RunAsync(string program, params string[] arguments) => RunAsync(new ProcessStartInfo(program, arguments));

    private static async Task<string> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{start.FileName} {string.Join(' ', start.ArgumentList)}: {process.ExitCode}");
        return output.Trim();
    }
}

[CollectionDefinition(Name)]
public sealed class PodmanTests : ICollectionFixture<PodmanService>
{
    public const string Name = "podman";
}
