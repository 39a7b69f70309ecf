using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Mosh;

namespace Holdfast.Hub.Tests.Ports;

/// <summary>The way to ports inside a machine.</summary>
public sealed partial class PortGateTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-gate-").FullName;
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly PortGate _gate;

    public PortGateTests()
    {
        _server.Start();
        _gate = PortGate.Open(Path.Combine(_folder, "ports.sock"), null);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private int Port => ((IPEndPoint)_server.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _gate.DisposeAsync();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Server_ThatResets_LeavesNobodyWaiting()
    {
        using var client = await AskAsync($"{Port}");
        using (var inside = await _server.AcceptTcpClientAsync(Cancel))
        {
            await inside.GetStream().WriteAsync("part"u8.ToArray(), Cancel);
            Assert.Equal("ok\npart", await ReadAsync(client, "ok\npart".Length));
            inside.LingerState = new LingerOption(true, 0);
        }

        // The client has not ended its side, and is told all the same.
        Assert.Equal("", await ReadAsync(client, 1));
    }

    [Fact]
    public async Task List_OfPorts_HasWhatThisProcessListensOn()
    {
        using var client = await AskAsync(PortGate.List);

        var lines = (await ReadAsync(client, int.MaxValue)).Split('\n');

        Assert.Contains(lines, line => line.StartsWith($"{Port} ", StringComparison.Ordinal));
        Assert.Equal(lines.Distinct(), lines);
    }

    [Fact]
    public async Task Mosh_OfAServer_IsOpenAsLongAsThatRunsAndOfNothingElse()
    {
        if (!File.Exists("/usr/bin/mosh-server")) Assert.Skip("mosh is not there: ./test installs it.");
        using var started = Process.Start(new ProcessStartInfo("/usr/bin/mosh-server", ["new", "-i", "127.0.0.1", "-l", "LANG=C.UTF-8", "--", "sleep", "1000"]) { RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["LC_ALL"] = "C.UTF-8" } })!;
        var server = MoshServer.Read(await started.StandardOutput.ReadToEndAsync(Cancel))!;
        var process = Pid().Match(await started.StandardError.ReadToEndAsync(Cancel)).Groups[1].Value;
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;

        using var client = await AskAsync($"mosh {server.Port}");
        Assert.Equal("ok\n", await ReadAsync(client, 3));
        using var refused = await AskAsync($"mosh {port}");
        Assert.Equal($"no mosh-server listens on UDP port {port} of the machine\n", await ReadAsync(refused, int.MaxValue));
        // What is not its client's has no answer, and disturbs nothing.
        await client.SendAsync("\0\u0003abc"u8.ToArray(), Cancel);
        Process.Start("kill", [process]).Dispose();

        Assert.Equal("", await ReadAsync(client, 1));
        using var gone = await AskAsync($"mosh {server.Port}");
        Assert.StartsWith("no mosh-server", await ReadAsync(gone, int.MaxValue), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"detached, pid = (\d+)")]
    private static partial Regex Pid();

    private async Task<Socket> AskAsync(string line)
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_folder, "ports.sock")), Cancel);
        await client.SendAsync(Encoding.ASCII.GetBytes($"{line}\n"), Cancel);
        return client;
    }

    /// <summary>So many bytes, or all until the end.</summary>
    private static async Task<string> ReadAsync(Socket client, int length)
    {
        var (text, buffer) = (new StringBuilder(), new byte[4096]);
        while (text.Length < length && await client.ReceiveAsync(buffer.AsMemory(0, Math.Min(buffer.Length, length - text.Length)), Cancel) is > 0 and var count) text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        return text.ToString();
    }
}
