using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Hub.Mosh;

/// <summary>The UDP ports that mosh may use, each only while a session uses it.</summary>
/// <param name="First">The first one.</param>
/// <param name="Last">The last one.</param>
/// <param name="Ip">The addresses that they are opened on. Default 127.0.0.1.</param>
public sealed record MoshRange(int First, int Last, string Ip = "127.0.0.1")
{
    /// <summary>As <c>61001-61010</c>.</summary>
    public string Ports => string.Create(CultureInfo.InvariantCulture, $"{First}-{Last}");

    /// <summary>A range as <c>61001-61010</c>, or one port; null for what is none.</summary>
    internal static (int First, int Last)? Read(string text) =>
        text.Split('-') is { Length: 1 or 2 } parts && Number(parts[0]) is { } first && Number(parts[^1]) is { } last && first <= last ? (first, last) : null;

    /// <summary>Takes the first port that is free; null when none is.</summary>
    /// <exception cref="SocketException">There is no such address here, or its ports may not be taken.</exception>
    internal Socket? Take()
    {
        for (var port = First; port <= Last; port++)
        {
            if (Take(port) is { } taken) return taken;
        }
        return null;
    }

    /// <summary>Takes this one; null when something else has it.</summary>
    /// <exception cref="SocketException">There is no such address here, or its ports may not be taken.</exception>
    internal Socket? Take(int port)
    {
        var address = IPAddress.Parse(Ip);
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        }
        catch (SocketException fault)
        {
            socket.Dispose();
            if (fault.SocketErrorCode != SocketError.AddressAlreadyInUse) throw;
            return null;
        }
    }

    private static int? Number(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;
}
