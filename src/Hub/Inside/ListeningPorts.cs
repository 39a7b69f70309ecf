using System.Globalization;

namespace Holdfast.Hub.Inside;

/// <summary>A TCP port that a process of a machine listens on.</summary>
/// <param name="Port">1 to 65535.</param>
/// <param name="Program">What the process calls itself, at most 15 bytes (comm of proc(5)).</param>
public readonly record struct ListeningPort(int Port, string Program);

/// <summary>Reads from <c>/proc</c> on which ports processes listen that <see cref="PortGate"/> can reach: on loopback, or on all addresses.</summary>
public static class ListeningPorts
{
    // tcp_states.h: what listens; and a UDP socket that takes from anybody.
    private const string Listening = "0A", Unconnected = "07";

    /// <summary>Those of all processes that can be seen, or of those with a variable; sorted, each port once.</summary>
    /// <param name="mark"><c>NAME=VALUE</c> that the environment of a process is to have; null for any.</param>
    public static IReadOnlyList<ListeningPort> Read(string? mark)
    {
        var ports = Sockets("tcp", Listening, IsReachable);
        var found = new SortedDictionary<int, ListeningPort>();
        foreach (var (socket, program) in ports.Count == 0 ? [] : Holders(ports.ContainsKey, mark)) found.TryAdd(ports[socket], new ListeningPort(ports[socket], program));
        return [.. found.Values];
    }

    /// <summary>The socket by which a program receives on a UDP port; null for none.</summary>
    /// <param name="port">The port.</param>
    /// <param name="program">What the process calls itself.</param>
    /// <param name="mark">As of <see cref="Read"/>.</param>
    internal static string? SocketOf(int port, string program, string? mark)
    {
        var ports = Sockets("udp", Unconnected, IsReachedAtLoopback);
        return ports.ContainsValue(port) ? Holders(socket => ports.TryGetValue(socket, out var of) && of == port, mark).FirstOrDefault(holder => holder.Program == program).Socket : null;
    }

    /// <summary>Whether that socket is still there.</summary>
    internal static bool HasUdp(int port, string socket) => Sockets("udp", Unconnected, IsReachedAtLoopback).TryGetValue(socket, out var of) && of == port;

    /// <summary>The ports of sockets that can be reached, by how <c>/proc</c> names those.</summary>
    private static Dictionary<string, int> Sockets(string protocol, string state, Predicate<string> isReachable)
    {
        var ports = new Dictionary<string, int>();
        foreach (var table in (string[])[$"/proc/net/{protocol}", $"/proc/net/{protocol}6"])
        {
            foreach (var line in Lines(table).Skip(1))
            {
                // proc(5): 1 local address, 3 state, 9 inode.
                var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (fields.Length > 9 && fields[3] == state && fields[1].Split(':') is [var address, var port] && isReachable(address)) ports[$"socket:[{fields[9]}]"] = int.Parse(port, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            }
        }
        return ports;
    }

    private static IEnumerable<(string Socket, string Program)> Holders(Predicate<string> which, string? mark)
    {
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            var found = new List<(string, string)>();
            try
            {
                if (mark is not null && !File.ReadAllText($"{process}/environ").Split('\0').Contains(mark)) continue;
                foreach (var descriptor in new DirectoryInfo($"{process}/fd").EnumerateFileSystemInfos())
                {
                    if (descriptor.LinkTarget is { } target && which(target)) found.Add((target, File.ReadAllText($"{process}/comm").TrimEnd('\n')));
                }
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // It has ended, or is nobody's that we may look at.
            }
            foreach (var holder in found) yield return holder;
        }
    }

    /// <summary>Loopback, or all addresses; in hexadecimal, each 32 bits in the order of this processor.</summary>
    private static bool IsReachable(string address) => address.All(digit => digit == '0') || address is [_, _, _, _, _, _, '7', 'F'] || address == "00000000000000000000000001000000";

    /// <summary>Whether who connects to 127.0.0.1 reaches it and nothing else.</summary>
    private static bool IsReachedAtLoopback(string address) => address is "00000000" or "0100007F";

    private static string[] Lines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];
}
