using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Host;

namespace Holdfast.Engines.Tests;

/// <summary>The host engine does what every engine does, and what it alone can.</summary>
public sealed partial class HostConformance : RootedConformance
{
    protected override string? Image => null;

    protected override Task<IEngine> OpenAsync()
    {
        if (!HostCheck.MayIsolate) Assert.Skip("Namespaces and mounts need root (CAP_SYS_ADMIN).");
        return Task.FromResult<IEngine>(new HostEngine(Path.Combine(Folder, "index"), TimeProvider.System));
    }

    [Fact]
    public async Task Masked_FolderOfTheHost_IsEmptyButForMountsBelowIt()
    {
        using var data = new HostFolder();
        var inner = Directory.CreateDirectory(Path.Combine(data.Path, "machines/one")).FullName;
        await File.WriteAllTextAsync(Path.Combine(data.Path, "secret"), "s", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(inner, "mine"), "m", Cancellation);
        var spec = Script($"cd {data.Path}; find . | sort | tr '\\n' ' '; echo x > new && echo written; echo y > machines/one/made; echo z > machines/z && echo written") with
        {
            Masked = [data.Path],
            Mounts = [new(inner, inner)],
        };

        await RunAsync(spec);

        Assert.StartsWith(". ./machines ./machines/one ./machines/one/mine ", Output(spec), StringComparison.Ordinal);
        Assert.DoesNotContain("written", Output(spec), StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(inner, "made")));
        Assert.Empty(await ChangesAsync(spec.Id));
    }

    [Fact]
    public async Task EnginesOwnFiles_InsideTheWorkload_AreNotSeen()
    {
        using var data = new HostFolder();
        var spec = Script($"ls -A {data.Path}/scratch") with { Scratch = Directory.CreateDirectory(Path.Combine(data.Path, "scratch")).FullName };

        var ended = await RunAsync(spec);

        Assert.Equal((0, ""), (ended.ExitCode, Output(spec)));
    }

    [Fact]
    public async Task HostsOwnTemporaryFiles_AreNotSeenAndNotChanged()
    {
        var spec = Script($"[ -e {Folder} ] && echo seen; echo x > /tmp/x; echo y > /run/y; ls /tmp /run");

        await RunAsync(spec);

        Assert.Equal("/run:\nlock\ny\n\n/tmp:\nx\n", Output(spec));
        Assert.False(File.Exists("/run/y"));
        Assert.Equal(["/run/y", "/tmp/x"], (await ChangesAsync(spec.Id)).Select(change => change.Path).Order());
    }

    [Fact]
    public async Task Root_InsideTheWorkload_CannotReachTheHostByMountsDevicesOrTheKernel()
    {
        const string Attempts = "mount -t tmpfs x /mnt; mknod /opt/d b 254 0; echo x > /proc/sys/kernel/core_pattern; true";
        var spec = Script($"({Attempts}) >/dev/null 2>&1; {Attempts}; mount | grep -c ' /mnt '; ls /opt/d; echo end; exec sleep 1000");

        await StartAsync(spec, untilItSays: "end");
        var entered = await SaysAsync(spec.Id, "grep CapEff /proc/self/status; mount -t tmpfs x /mnt || echo refused");

        Assert.Contains("mount: ", Output(spec), StringComparison.Ordinal);
        Assert.Contains("\n0\n", Output(spec), StringComparison.Ordinal);
        Assert.Equal(2, Output(spec).Split('\n').Count(line => line.Contains("Read-only file system", StringComparison.Ordinal) || line.Contains("mknod", StringComparison.Ordinal)));
        Assert.EndsWith("refused\n", entered, StringComparison.Ordinal);
        Assert.Equal(0UL, Convert.ToUInt64(entered.Split('\t', '\n')[1], 16) & (1UL << 21 | 1UL << 27 | 1UL << 19));
    }

    [Fact]
    public async Task Submount_OfTheHost_IsSeenAndItsChangesAreTheWorkloads()
    {
        using var data = new HostFolder();
        using var disk = new HostMountPoint(Directory.CreateDirectory(Path.Combine(data.Path, "disk")).FullName);
        await File.WriteAllTextAsync(Path.Combine(disk.Path, "given"), "given", Cancellation);
        var spec = Script($"cd {disk.Path}; cat given; echo x > made; rm given; mkdir -p sub/in; echo y > sub/in/y");

        await RunAsync(spec);

        Assert.Equal("given", Output(spec));
        Assert.Equal(["given"], Directory.EnumerateFileSystemEntries(disk.Path).Select(Path.GetFileName));
        Assert.Equal(
            [new($"{disk.Path}/given", LayerChangeKind.Deleted, 0), new($"{disk.Path}/made", LayerChangeKind.Added, 2), new($"{disk.Path}/sub", LayerChangeKind.Added, 2)],
            (await ChangesAsync(spec.Id)).OrderBy(change => change.Path, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Mounts_TargetBehindALinkOfTheHost_LieInside()
    {
        using var data = new HostFolder();
        Directory.CreateDirectory(Path.Combine(data.Path, "real"));
        File.CreateSymbolicLink(Path.Combine(data.Path, "link"), Path.Combine(data.Path, "real"));
        var shared = Shared("shared");
        await File.WriteAllTextAsync(Path.Combine(shared, "x"), "x", Cancellation);
        var spec = Script($"cat {data.Path}/link/in/x {data.Path}/real/in/x") with { Mounts = [new(shared, $"{data.Path}/link/in")] };

        await RunAsync(spec);

        Assert.Equal("xx", Output(spec));
        Assert.False(Directory.Exists(Path.Combine(data.Path, "real/in")));
        Assert.Empty(await ChangesAsync(spec.Id));
    }

    [Fact]
    public async Task Changes_FileOpenedForWritingButNotWritten_IsNone()
    {
        var spec = Script(": >> /etc/hostname; exec 3<> /etc/debian_version");

        await RunAsync(spec);

        Assert.Empty(await ChangesAsync(spec.Id));
    }

    [Fact]
    public async Task Layer_FoldersDeeperThanAPathMayBe_AreListedAndRemoved()
    {
        // 30 folders with names of 200 letters.
        var spec = Script("name=$(printf %0200d 0); mkdir /opt/deep; cd /opt/deep; i=0; while [ $i -lt 30 ]; do mkdir $name; cd -P $name 2>/dev/null || exit 1; i=$((i+1)); done; touch end") with { WorkingFolder = "/" };

        Assert.Equal(0, (await RunAsync(spec)).ExitCode);

        Assert.Contains(await ChangesAsync(spec.Id), change => change.Path == "/opt/deep");
        Assert.NotNull(Value(await Engine.RemoveAsync(spec.Id, Cancellation)));
        Assert.Empty(Directory.EnumerateFileSystemEntries(spec.Scratch));
    }

    [Fact]
    public async Task Remove_LinksInTheLayer_AreNotFollowed()
    {
        using var data = new HostFolder();
        await File.WriteAllTextAsync(Path.Combine(data.Path, "kept"), "kept", Cancellation);
        var spec = Script($"ln -s {data.Path} /opt/link; ln -s {data.Path}/kept /opt/file");
        await RunAsync(spec);

        Value(await Engine.RemoveAsync(spec.Id, Cancellation));

        Assert.Equal("kept", await File.ReadAllTextAsync(Path.Combine(data.Path, "kept"), Cancellation));
        Assert.Empty(Directory.EnumerateFileSystemEntries(spec.Scratch));
    }

    [Fact]
    public async Task Package_InstalledInside_IsInTheChangesAndNotOnTheHost()
    {
        if (File.Exists("/usr/games/sl") || Directory.GetFiles("/var/lib/apt/lists", "*Packages*").Length == 0) Assert.Skip("The package sl is installed here, or no list of packages is.");
        var spec = Script("apt-get install -y -q --no-install-recommends sl && dpkg -s sl | grep Status");
        spec = spec with { Environment = new Dictionary<string, string>(spec.Environment) { ["DEBIAN_FRONTEND"] = "noninteractive" } };

        await StartAsync(spec);
        // As long as the way to the package's server takes.
        var ended = Value(await Engine.WaitAsync(spec.Id, Cancellation).WaitAsync(TimeSpan.FromMinutes(3), Cancellation));
        if (Output(spec).Contains("Failed to fetch", StringComparison.Ordinal)) Assert.Skip("The package cannot be fetched here.");

        Assert.True(ended.ExitCode == 0, $"{ended.ExitCode}: {Output(spec)}");
        Assert.Contains("install ok installed", Output(spec), StringComparison.Ordinal);
        Assert.False(File.Exists("/usr/games/sl"));
        var changes = (await ChangesAsync(spec.Id)).ToDictionary(change => change.Path);
        Assert.Equal(LayerChangeKind.Added, changes["/usr/games/sl"].Kind);
        Assert.Equal(LayerChangeKind.Modified, changes["/var/lib/dpkg/status"].Kind);
        Assert.Equal(LayerChangeKind.Added, changes["/var/lib/dpkg/info/sl.list"].Kind);
    }

    [Fact]
    public async Task MemoryLimit_Reached_EndsItAndSaysSo()
    {
        if (ControlGroups.Trouble() is { } trouble) Assert.Skip(trouble);
        var spec = Script("head -c 300000000 /dev/zero | tail") with { Resources = new WorkloadResources(Memory: 64 << 20, Processes: 50, Processors: 1.5) };

        var ended = await RunAsync(spec);

        Assert.Equal((137, true), (ended.ExitCode, ended.IsOutOfMemory));
    }

    [Fact]
    public async Task ProcessLimit_Reached_RefusesMore()
    {
        if (ControlGroups.Trouble() is { } trouble) Assert.Skip(trouble);
        var spec = Script("i=0; while [ $i -lt 30 ]; do sleep 1000 & i=$((i+1)); done; echo none refused") with { Resources = new WorkloadResources(Processes: 20) };

        await RunAsync(spec);

        Assert.DoesNotContain("none refused", Output(spec), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhoStartsIt_HasNoHoldOfIt()
    {
        var spec = Script("echo up; exec sleep 1000");
        await StartAsync(spec, untilItSays: "up");

        var (watcher, first) = new WorkloadFolder(spec.Scratch).ReadProcesses();

        Assert.Equal((watcher!.Value.Id, watcher.Value.Id), (watcher.Value.Session, first!.Value.Session));
        Assert.DoesNotContain($"PPid:\t{Environment.ProcessId}\n", await File.ReadAllTextAsync($"/proc/{watcher.Value.Id}/status", Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FirstProcess_KilledFromOutside_IsKnownAsKilled()
    {
        var spec = Script("echo up; exec sleep 1000");
        var started = await StartAsync(spec, untilItSays: "up");

        using (var process = Process.GetProcessById(started.ProcessId!.Value)) process.Kill();

        Assert.Equal((false, 137, false), await WaitAsync(spec.Id) is var ended ? (ended.IsRunning, ended.ExitCode, ended.IsOutOfMemory) : default);
    }

    [Fact]
    public async Task Watcher_Killed_TheWorkloadGoesOnAndItsEndIsSeenWithoutACode()
    {
        var spec = Script("echo up; exec sleep 1000");
        await StartAsync(spec, untilItSays: "up");
        var (watcher, first) = new WorkloadFolder(spec.Scratch).ReadProcesses();

        watcher!.Value.Signal(Native.SigKill);
        await UntilAsync(() => !watcher.Value.IsAlive, () => "the watcher's end");

        Assert.True(Value(await Engine.InspectAsync(spec.Id, Cancellation)).IsRunning);
        first!.Value.Signal(Native.SigKill);
        Assert.Equal((false, null), await WaitAsync(spec.Id) is var ended ? (ended.IsRunning, ended.ExitCode) : default);
    }

    [Fact]
    public async Task Workload_OfAnotherStartOfTheComputer_HasEndedWhateverHasItsProcessIdNow()
    {
        var spec = Script("echo up; exec sleep 1000");
        await StartAsync(spec, untilItSays: "up");
        var folder = new WorkloadFolder(spec.Scratch);
        var record = folder.Read()!;

        folder.Write(record with { Boot = Guid.NewGuid().ToString() });
        var seen = Value(await Engine.InspectAsync(spec.Id, Cancellation));
        folder.Write(record);

        Assert.Equal((false, null, null), (seen.IsRunning, seen.ProcessId, seen.ExitCode));
    }

    [Fact]
    public async Task Entry_OnATerminal_HasATerminalOfTheWorkloadsOwn()
    {
        if (HostCheck.Find("script") == "script") Assert.Skip("There is no program 'script', which makes terminals.");
        var spec = Script("echo up; exec sleep 1000");
        await StartAsync(spec, untilItSays: "up");

        var argv = Value(await Engine.EntryAsync(spec.Id, ["/bin/sh", "-c", "tty; ls /dev/pts; exit 3"], Cancellation));
        using var process = Process.Start(new ProcessStartInfo("script", ["-qec", Shell.Quote(argv), "/dev/null"]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync(Cancellation).WaitAsync(Patience, Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal(("/dev/pts/0\r\n0  ptmx\r\n", 3), (output, process.ExitCode));
    }

    [Fact]
    public async Task Start_ScratchOfAStartThatWasKilledOnItsWay_IsTakenAgain()
    {
        var spec = Script("echo again");
        await RunAsync(spec);
        File.Delete(Path.Combine(Folder, "index", spec.Id));

        Assert.Equal("exists", Fault(await Engine.StartAsync(spec with { Id = "another" }, Cancellation)).Code);
        Assert.Equal(0, (await RunAsync(spec)).ExitCode);
        Assert.Equal("again\nagain\n", Output(spec));
    }

    [Fact]
    public async Task Inspect_WhileItIsBeingStarted_NeverSaysThatItHasEnded()
    {
        var spec = Script("exec sleep 1000");
        var starting = Engine.StartAsync(spec, Cancellation);

        var looks = 0;
        while (!starting.IsCompleted || looks == 0)
        {
            var seen = await Engine.InspectAsync(spec.Id, Cancellation);
            Assert.True(seen.Fault is { Code: "not-found" } || seen.Value is { IsRunning: true }, seen.ToString());
            looks++;
        }

        Assert.True(Value(await starting).IsRunning);
    }

    [Fact]
    public async Task Secrets_InTheEnvironment_AreInNobodysArguments()
    {
        var secret = $"secret{Guid.NewGuid():N}";
        var spec = Script("echo up; exec sleep 1000");
        spec = spec with { Environment = new Dictionary<string, string>(spec.Environment) { ["TOKEN"] = secret } };
        await StartAsync(spec, untilItSays: "up");

        var entry = Value(await Engine.EntryAsync(spec.Id, ["/bin/true"], Cancellation));

        Assert.DoesNotContain(entry, word => word.Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateDirectories("/proc", "*").Select(ArgumentsOf), arguments => arguments.Contains(secret, StringComparison.Ordinal));
        Assert.DoesNotContain(secret, JsonSerializer.Serialize(new WorkloadFolder(spec.Scratch).Read()), StringComparison.Ordinal);
    }

    private static string ArgumentsOf(string process)
    {
        try
        {
            return File.Exists($"{process}/cmdline") ? File.ReadAllText($"{process}/cmdline") : "";
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>A folder that workloads see: not one in /tmp.</summary>
    private sealed class HostFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateDirectory($"/var/tmp/hf-{Guid.NewGuid():N}").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }

    /// <summary>A file system of its own on a folder of this host.</summary>
    private sealed partial class HostMountPoint : IDisposable
    {
        public HostMountPoint(string path)
        {
            Path = path;
            if (Mount("tmpfs", path, "tmpfs", 0, "size=1m") != 0) Assert.Skip($"A mount is not allowed here (error {Marshal.GetLastPInvokeError()}).");
        }

        public string Path { get; }

        public void Dispose() => Assert.Equal(0, Unmount(Path, 0));

        [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
        private static partial int Mount(string source, string target, string type, nuint flags, string data);

        [LibraryImport("libc", EntryPoint = "umount2", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
        private static partial int Unmount(string target, int flags);
    }
}
