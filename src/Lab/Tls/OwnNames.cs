using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Lab.Http;

namespace Holdfast.Lab.Tls;

/// <summary>Names and addresses by which people open a lab: a certificate must hold them.</summary>
/// <param name="Hosts">Host names, in lower case.</param>
/// <param name="Addresses">IP addresses.</param>
internal sealed record OwnNames(IReadOnlySet<string> Hosts, IReadOnlySet<IPAddress> Addresses)
{
    /// <summary>Those that a certificate cannot do without: this machine's names, where the lab listens, and the address that others know.</summary>
    public static OwnNames Needed(string ip)
    {
        HashSet<IPAddress> addresses = [IPAddress.Loopback, IPAddress.IPv6Loopback];
        if (ListenAddress.Of(ip) is { } one && !one.Equals(IPAddress.Any) && !one.Equals(IPAddress.IPv6Any))
            addresses.Add(one);
        else if (ListenAddress.Outer(ip) is { } outer)
            addresses.Add(outer);
        return new OwnNames(new HashSet<string> { "localhost", Dns.GetHostName().ToLowerInvariant() }, addresses);
    }

    /// <summary>Those of this machine's networks besides, which come and go.</summary>
    public static OwnNames Usual() => new(new HashSet<string>(), NetworkInterface.GetAllNetworkInterfaces()
        .Where(network => network.OperationalStatus != OperationalStatus.Down)
        .SelectMany(network => network.GetIPProperties().UnicastAddresses)
        .Select(each => each.Address)
        .Where(address => address.AddressFamily == AddressFamily.InterNetwork || !address.IsIPv6LinkLocal)
        .ToHashSet());

    /// <summary>Those that a certificate holds.</summary>
    public static OwnNames Of(X509Certificate2 certificate)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return new OwnNames(names?.EnumerateDnsNames().ToHashSet() ?? [], names?.EnumerateIPAddresses().ToHashSet() ?? []);
    }

    public bool Hold(OwnNames others) => Hosts.IsSupersetOf(others.Hosts) && Addresses.IsSupersetOf(others.Addresses);

    /// <summary>These, then others while there are at most <paramref name="most"/> of a kind.</summary>
    public OwnNames With(OwnNames others, int most) =>
        new(Hosts.Concat(others.Hosts).Distinct().Take(most).ToHashSet(), Addresses.Concat(others.Addresses).Distinct().Take(most).ToHashSet());
}
