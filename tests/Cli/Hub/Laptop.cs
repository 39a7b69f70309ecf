using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Cli.Tests.Hub;

/// <summary>A computer beside this one: a network namespace that reaches this host by a cable, and of it no ports but those that are named.</summary>
internal sealed class Laptop : IAsyncDisposable
{
    private const string Place = "/usr/sbin/ip";
    private readonly string _net = string.Create(CultureInfo.InvariantCulture, $"10.{Random.Shared.Next(200, 250)}.{Random.Shared.Next(250)}");

    private Laptop()
    {
    }

    /// <summary>Of the namespace.</summary>
    public string Name { get; } = $"hf{Guid.NewGuid():N}"[..10];

    /// <summary>This host, as it sees it.</summary>
    public string Host => $"{_net}.1";

    private string Cable => $"{Name}c";

    /// <summary>Makes one that knows this host by names, and reaches TCP ports and a range of UDP ports there.</summary>
    public static async Task<Laptop> StartAsync(string names, int[] tcp, string? udp = null)
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists(Place)) Assert.Skip("A network namespace needs root and iproute2; ./test installs it.");
        var laptop = new Laptop();
        var problem = await RunAsync($"""
            set -e
            ip netns add {laptop.Name}
            ip link add {laptop.Cable} type veth peer name eth0 netns {laptop.Name}
            ip addr add {laptop.Host}/30 dev {laptop.Cable}
            ip link set {laptop.Cable} up
            ip -n {laptop.Name} addr add {laptop._net}.2/30 dev eth0
            ip -n {laptop.Name} link set eth0 up
            ip -n {laptop.Name} link set lo up
            mkdir -p /etc/netns/{laptop.Name}
            printf '127.0.0.1 localhost\n{laptop.Host} {names}\n' >/etc/netns/{laptop.Name}/hosts
            for rule in '-o lo -j ACCEPT' {string.Join(' ', tcp.Select(port => $"'-p tcp --dport {port} -j ACCEPT'"))} {(udp is null ? "" : $"'-p udp --dport {udp.Replace('-', ':')} -j ACCEPT'")} '-j REJECT'; do ip netns exec {laptop.Name} iptables -A OUTPUT $rule; done
            """);
        if (problem is null) return laptop;
        await laptop.DisposeAsync();
        Assert.Skip($"There is no network namespace with a firewall here: {problem}");
        return laptop;
    }

    /// <summary>What runs a command of bash there.</summary>
    public string Run(string command) => $"ip netns exec {Name} {command}";

    /// <summary>Pulls the cable, or puts it in again.</summary>
    public async Task PlugAsync(bool isIn) => Assert.Null(await RunAsync($"ip link set {Cable} {(isIn ? "up" : "down")}"));

    /// <summary>Whether it comes through to a port of this host that something listens on.</summary>
    public async Task<bool> ReachesAsync(int port) => await RunAsync($"ip netns exec {Name} timeout 20 bash -c '</dev/tcp/{Host}/{port}'") is null;

    /// <summary>Something that listens on all addresses of this host, and was not meant for it.</summary>
    public static (Socket Listener, int Port) Other()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, 0));
        listener.Listen();
        return (listener, ((IPEndPoint)listener.LocalEndPoint!).Port);
    }

    public async ValueTask DisposeAsync() => await RunAsync($"ip netns del {Name}; ip link del {Cable} 2>/dev/null; rm -rf /etc/netns/{Name}; rmdir /etc/netns 2>/dev/null; true");

    /// <summary>Runs a script; what it complains of, null for nothing. To its end also when the test is cancelled: what it makes is to go again.</summary>
    private static async Task<string?> RunAsync(string script)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardError = true })!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? null : $"{said.Trim()} ({process.ExitCode})";
    }
}
