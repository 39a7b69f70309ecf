using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Holdfast.Engines.Contract;

namespace Holdfast.Engines.Tests;

/// <summary>What a workload sees, and how others get in.</summary>
public abstract partial class RootedConformance
{
    [Fact]
    public async Task Mounts_WritableAndReadOnly_AreSeenAtTargetsThatWereMade()
    {
        var (open, closed) = (Shared("open folder"), Shared("closed"));
        await File.WriteAllTextAsync(Path.Combine(closed, "given"), "given", Cancellation);
        var spec = Script("cat /data/deep/closed/given; echo kept > /mnt/new/open/made; (echo no > /data/deep/closed/x) 2> /dev/null || echo refused") with
        {
            Mounts = [new(open, "/mnt/new/open"), new(closed, "/data/deep/closed", IsReadOnly: true)],
        };

        await RunAsync(spec);

        Assert.StartsWith("given", Output(spec), StringComparison.Ordinal);
        Assert.EndsWith("refused\n", Output(spec), StringComparison.Ordinal);
        Assert.Equal("kept\n", await File.ReadAllTextAsync(Path.Combine(open, "made"), Cancellation));
        Assert.False(File.Exists(Path.Combine(closed, "x")));
    }

    [Fact]
    public async Task Mounts_AFile_IsSeenAsAFile()
    {
        var file = Path.Combine(Folder, "settings");
        await File.WriteAllTextAsync(file, "a=1\n", Cancellation);
        var spec = Script("cat /etc/holdfast-test/settings") with { Mounts = [new(file, "/etc/holdfast-test/settings", IsReadOnly: true)] };

        await RunAsync(spec);

        Assert.Equal("a=1\n", Output(spec));
    }

    [Fact]
    public async Task Mounts_OneBelowAnother_AreBothSeen()
    {
        var (outer, inner) = (Shared("outer"), Shared("inner"));
        Directory.CreateDirectory(Path.Combine(outer, "in"));
        await File.WriteAllTextAsync(Path.Combine(inner, "x"), "inner", Cancellation);
        var spec = Script("cat /mnt/outer/in/x") with { Mounts = [new(inner, "/mnt/outer/in"), new(outer, "/mnt/outer")] };

        await RunAsync(spec);

        Assert.Equal("inner", Output(spec));
    }

    [Fact]
    public async Task Mounts_SourceMissing_IsAFaultThatNamesItAndNothingIsMade()
    {
        var missing = Path.Combine(Folder, "missing");
        var spec = Script("true") with { Mounts = [new(missing, "/mnt/x")] };

        var fault = Fault(await Engine.StartAsync(spec, Cancellation));

        Assert.Equal("bad-spec", fault.Code);
        Assert.Contains(missing, fault.Message, StringComparison.Ordinal);
        Assert.False(Path.Exists(missing));
        Assert.Equal("not-found", Fault(await Engine.InspectAsync(spec.Id, Cancellation)).Code);
    }

    [Fact]
    public async Task Processes_Inside_AreTheWorkloadsOwn()
    {
        var spec = Script("ls /proc | grep -c '^[0-9]'; echo done");

        await RunAsync(spec);

        // The first process or an init before it, this shell, ls, grep.
        Assert.InRange(int.Parse(Output(spec).Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture), 2, 6);
    }

    [Fact]
    public async Task SharedMemory_Size_IsAsAskedFor()
    {
        var spec = Script("df -B1 --output=size /dev/shm | tail -n 1 | tr -d ' '; echo x > /dev/shm/x && cat /dev/shm/x");
        spec = spec with { Resources = new WorkloadResources(SharedMemory: 8 << 20) };

        await RunAsync(spec);

        Assert.Equal("8388608\nx\n", Output(spec));
    }

    [Fact]
    public async Task Devices_OfEverybody_Work()
    {
        var spec = Script("echo x > /dev/null; head -c 4 /dev/zero | wc -c; head -c 4 /dev/urandom | wc -c; [ -c /dev/ptmx ] && [ -d /dev/pts ] && echo terminals; echo fd >> /dev/stdout");

        await RunAsync(spec);

        Assert.Equal("4\n4\nterminals\nfd\n", Output(spec));
    }

    [Fact]
    public async Task HostName_Given_IsItsOwn()
    {
        var spec = Script("uname -n") with { HostName = "leaves" };

        await RunAsync(spec);

        Assert.Equal("leaves\n", Output(spec));
    }

    [Fact]
    public async Task Socket_MadeInAMountedFolder_IsReachedFromOutside()
    {
        var shared = Shared("run");
        var python = await HasPythonAsync();
        if (!python) Assert.Skip("There is no python3 inside, which makes the socket.");
        var spec = Command("/usr/bin/python3", "-c", """
            import socket
            s = socket.socket(socket.AF_UNIX); s.bind('/mnt/run/s'); s.listen()
            c, _ = s.accept(); c.sendall(b'hello')
            """) with
        { Mounts = [new(shared, "/mnt/run")] };
        await StartAsync(spec);
        await UntilAsync(() => File.Exists(Path.Combine(shared, "s")), () => $"the socket; {Output(spec)}");

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await UntilAsync(() => TryConnect(socket, Path.Combine(shared, "s")), () => "an answer of the socket");
        var buffer = new byte[16];
        var length = await socket.ReceiveAsync(buffer, Cancellation);

        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 0, length));
    }

    [Fact]
    public async Task Exec_CommandThatLeavesAProcess_EndsWithTheCommand()
    {
        var spec = await RunningAsync();

        Assert.Equal("started\n", await SaysAsync(spec.Id, "sleep 900 & echo started"));
        Assert.Contains("sleep 900", await SaysAsync(spec.Id, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_GivenUp_EndsTheCommand()
    {
        var spec = await RunningAsync();
        using var given = new CancellationTokenSource();
        var command = Engine.ExecAsync(spec.Id, new ExecCommand(["/bin/sh", "-c", "echo x > /opt/began; exec sleep 987"]), given.Token);
        await UntilAsync(() => Engine.PathOf(spec.Id, "/opt/began") is { } path ? File.Exists(path) : true, () => "the command");

        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => command);
        using var limit = new CancellationTokenSource(Patience);
        while ((await SaysAsync(spec.Id, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")).Contains("sleep 987", StringComparison.Ordinal)) await Task.Delay(10, limit.Token);
    }

    [Fact]
    public async Task Entry_FromAnotherProcess_IsInsideTheWorkload()
    {
        var spec = await RunningAsync();
        await SaysAsync(spec.Id, "echo here > /opt/inside");

        var argv = Value(await Engine.EntryAsync(spec.Id, ["/bin/sh", "-c", "cat /opt/inside; echo $WORD$OF_THE_CALLER; exit 3"], Cancellation));
        var start = new ProcessStartInfo(argv[0], argv.Skip(1)) { RedirectStandardOutput = true };
        start.Environment["OF_THE_CALLER"] = "not for inside";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);

        Assert.Equal("here\nword of its own\n", output);
        Assert.Equal(3, process.ExitCode);
    }

    private async Task<bool> HasPythonAsync() => (await RunAsync(Script("[ -x /usr/bin/python3 ]"))).ExitCode == 0;

    private static bool TryConnect(Socket socket, string path)
    {
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
