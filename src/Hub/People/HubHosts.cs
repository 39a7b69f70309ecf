using System.Net;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.People;

/// <summary>
/// The names that this hub answers to. Any other host is refused: it could be a name of another site's that resolves here (DNS rebinding).
/// </summary>
internal sealed class HubHosts(HubOptions options)
{
    private readonly string _domain = options.Domain;
    private readonly string _below = "." + options.Domain;

    /// <summary>Whether a request is for the hub itself: by its domain, as this computer, or by the number that it has come to, which is no name that could be another site's.</summary>
    public bool IsHub(HttpRequest request) => IsDomain(request.Host) || request.Host.Host is "127.0.0.1" or "localhost" or "[::1]" or "::1" || IsNumber(request);

    /// <summary>Whether a host is the one that machines redirect to for a login.</summary>
    public bool IsDomain(HostString host) => host.Host.Equals(_domain, StringComparison.OrdinalIgnoreCase);

    /// <summary>What stands before the domain, in lower case; null when the host is not below it.</summary>
    public string? LabelOf(HostString host) => host.Host.EndsWith(_below, StringComparison.OrdinalIgnoreCase) && host.Host.Length > _below.Length
        ? host.Host[..^_below.Length].ToLowerInvariant()
        : null;

    /// <summary>The hub's address as the client of a request reaches it.</summary>
    public string AddressFor(HttpRequest request) => Address(request, _domain == "localhost" && IsNumber(request) ? request.Host.Host : _domain);

    /// <summary>The address of a machine or of a port of one.</summary>
    /// <param name="request">By which scheme and port the client reaches the hub.</param>
    /// <param name="label">What stands before the domain.</param>
    public string AddressFor(HttpRequest request, string label) => Address(request, label + _below);

    /// <summary>Whether the client has come by a number of this computer's that others reach it by, too. Machines have no origins there.</summary>
    public static bool IsNumber(HttpRequest request) => IPAddress.TryParse(request.Host.Host, out var number) && !IPAddress.IsLoopback(number)
        && request.HttpContext.Connection.LocalIpAddress is { } local && number.Equals(local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local);

    private static string Address(HttpRequest request, string host) => $"{(request.IsTls() ? "https" : "http")}://{(request.Host.Port is { } port ? $"{host}:{port}" : host)}";
}
