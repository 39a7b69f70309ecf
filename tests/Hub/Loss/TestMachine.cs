using System.Diagnostics;
using System.Runtime.InteropServices;
using Holdfast.Engines.Contract;
using Holdfast.Hub.Database;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Tests.Loss;

/// <summary>A machine of Ada's on a real engine, whose first process only waits, with the folders that a hub gives it.</summary>
public sealed class TestMachine : IAsyncDisposable
{
    private readonly IEngine _engine;
    private readonly string _folder;

    private TestMachine(IEngine engine, string folder, string? image)
    {
        _engine = engine;
        _folder = folder;
        Folders = new HubFolders(Path.Combine(folder, "data")) { MeetingRoot = Path.Combine(folder, "meeting") };
        HubFolders.Make(Folders.Root);
        Options = new HubOptions
        {
            Folders = Folders,
            Engines = new Dictionary<string, IEngine> { [engine.Name] = engine },
            ProgramFolder = Path.Combine(folder, "program"),
            Settings = new HubSettings(),
        };
        Record = new MachineRecord
        {
            Id = $"m{Guid.NewGuid():N}"[..9],
            Spec = new MachineSpec { Name = "one", Engine = engine.Name, Image = image },
            Owner = "ada",
            State = MachineState.Running,
            Created = DateTimeOffset.UnixEpoch,
        };
        Database = HubDatabase.Open(Folders.Database);
        Database.Execute("INSERT INTO machines VALUES ($id, 'one', 'ada', 'running', '{}')", ("$id", Record.Id));
        Kept = new KeptPaths(Options, Database);
        Losses = new LossLists(Options, Database, TimeProvider.System, Kept);
    }

    public HubFolders Folders { get; }

    public HubOptions Options { get; }

    public MachineRecord Record { get; }

    internal HubDatabase Database { get; }

    internal KeptPaths Kept { get; }

    internal LossLists Losses { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts one; its packages are remembered as a start does.</summary>
    public static async Task<TestMachine> StartAsync(IEngine engine, string? image = null)
    {
        var machine = new TestMachine(engine, Directory.CreateTempSubdirectory("hf-machine-").FullName, image);
        try
        {
            await machine.StartAgainAsync();
            return machine;
        }
        catch
        {
            await machine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it after a stop, with a fresh layer, and links what is kept as a start does.</summary>
    public async Task StartAgainAsync()
    {
        WorkloadMount[] mounts =
        [
            new(HubFolders.Make(Folders.NotebooksOf(Record.Id)), "/notebooks"), new(HubFolders.Make(Folders.Storage), "/storage"), new(HubFolders.Make(Folders.HomeOf("ada")), "/home/ada"),
            new(HubFolders.Make(Folders.StateOf(Record.Id)), "/var/lib/holdfast"), new(HubFolders.Make(Folders.KeptOf(Record.Id)), "/var/lib/holdfast-kept"),
            new(HubFolders.Make(Folders.MeetingOf(Record.Id)), "/run/machine"), new(ProgramFolder(), "/opt/holdfast", IsReadOnly: true), .. Runtime(),
        ];
        var started = await _engine.StartAsync(
            new WorkloadSpec
            {
                Id = Record.Id,
                Image = Record.Spec.Image,
                Argv = ["/bin/sh", "-c", "exec sleep 1000"],
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ["HOME"] = "/home/ada", ["DEBIAN_FRONTEND"] = "noninteractive" },
                Mounts = mounts,
                Masked = Record.Spec.Image is null ? [Folders.Root] : [],
                Scratch = HubFolders.Make(Folders.ScratchOf(Record.Id)),
                OutputFile = Folders.OutputOf(Record.Id),
            },
            Cancellation);
        Assert.True(started.Ok, started.Fault?.Message);
        PackageList.Remember(_engine.PathOf(Record.Id, "/")!, "/home/ada", Path.Combine(Folders.StateOf(Record.Id), "packages-before.json"));
    }

    public async Task StopAsync()
    {
        await _engine.StopAsync(Record.Id, TimeSpan.Zero, CancellationToken.None);
        await _engine.RemoveAsync(Record.Id, CancellationToken.None);
    }

    /// <summary>What a command inside says; it must succeed.</summary>
    public async Task<string> SaysAsync(string script)
    {
        var (code, output, error) = await RunAsync(script);
        Assert.True(code == 0, $"{script}: {code} {output} {error}");
        return output.Trim();
    }

    public async Task<(int Code, string Output, string Error)> RunAsync(string script)
    {
        var result = await _engine.ExecAsync(Record.Id, new ExecCommand(["/bin/sh", "-c", script]), Cancellation);
        Assert.True(result.Ok, result.Fault?.Message);
        return (result.Value.ExitCode, result.Value.Output, result.Value.Error);
    }

    public async Task<LossList> LookAsync()
    {
        var result = await Losses.LookAsync(Record, Cancellation);
        Assert.True(result.Ok, result.Fault?.Message);
        return result.Value;
    }

    /// <summary>Installs a package that is made of a script, as <c>apt-get</c> does: its folder is the script's working folder.</summary>
    public async Task InstallAsync(string name, string version, string files, string control = "")
    {
        await SaysAsync($"""
            set -e
            rm -rf /tmp/deb; mkdir -p /tmp/deb/DEBIAN; cd /tmp/deb
            printf 'Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: Ada <ada@example.org>\nDescription: made by a test\n{control}' > DEBIAN/control
            {files}
            dpkg-deb --root-owner-group -b /tmp/deb /tmp/{name}.deb
            apt-get install -y /tmp/{name}.deb
            """);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Database.Dispose();
        using var remove = Process.Start("rm", ["-rf", _folder]);
        await remove.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>A <c>holdfast</c> that is this program of tests.</summary>
    private string ProgramFolder()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "program")).FullName;
        var program = Path.Combine(folder, "holdfast");
        File.WriteAllText(program, $"#!/bin/sh\nexport DOTNET_ROOT='{DotnetRoot}' DOTNET_gcServer=0\nexec '{Environment.ProcessPath}' \"$@\"\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return folder;
    }

    private static string DotnetRoot => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    /// <summary>What this program needs to run in an image that has no .NET.</summary>
    private IEnumerable<WorkloadMount> Runtime()
    {
        if (Record.Spec.Image is null) return [];
        var libraries = Directory.GetFiles("/usr/lib/x86_64-linux-gnu").Where(file => Path.GetFileName(file) is "libstdc++.so.6" or "libgcc_s.so.1" or "libdl.so.2" or "libpthread.so.0" or "librt.so.1");
        return [.. libraries.Select(file => new WorkloadMount(file, file, IsReadOnly: true)), new(DotnetRoot, DotnetRoot, IsReadOnly: true), new(AppContext.BaseDirectory.TrimEnd('/'), AppContext.BaseDirectory.TrimEnd('/'), IsReadOnly: true)];
    }
}
