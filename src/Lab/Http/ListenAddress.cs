using System.Net;
using System.Net.Sockets;

namespace Holdfast.Lab.Http;

/// <summary>What <see cref="LabOptions.Ip"/> says: where to listen, and who can reach it there.</summary>
internal static class ListenAddress
{
    /// <summary>An address that is nobody's (TEST-NET-1, RFC 5737), but that every router would send on.</summary>
    private static readonly IPEndPoint Far = new(IPAddress.Parse("192.0.2.1"), 9);

    /// <summary>The address to listen on; null for every one. What is none was refused before.</summary>
    public static IPAddress? Of(string ip) => ip switch
    {
        "localhost" => IPAddress.Loopback,
        "" or "*" => null,
        _ => IPAddress.TryParse(ip, out var address) ? address : IPAddress.Loopback,
    };

    /// <summary>Whether only programs of this machine can connect.</summary>
    public static bool IsLoopback(string ip) => Of(ip) is { } address && IPAddress.IsLoopback(address);

    /// <summary>The address by which others reach this machine, for a lab that listens on every one; null when it listens on one only, or the machine has no way out.</summary>
    public static IPAddress? Outer(string ip)
    {
        if (Of(ip) is { } address && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
            return null;
        try
        {
            // Connecting a datagram socket sends nothing: it only asks the routing table which address would be ours.
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(Far);
            return ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
