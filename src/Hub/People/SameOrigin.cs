using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.People;

/// <summary>
/// Whether a request with a cookie comes from a page of the very origin it goes to. Machines are origins beside the hub's, of the same site, and hold foreign code:
/// SameSite cookies alone do not keep them apart.
/// </summary>
internal static class SameOrigin
{
    /// <summary>
    /// Whether a browser has said so. All of them send Origin with what changes something and with WebSockets; a form of another site cannot leave it out.
    /// </summary>
    public static bool Proves(HttpRequest request)
    {
        string? origin = request.Headers.Origin;
        string? site = request.Headers["Sec-Fetch-Site"];
        if (site is not null and not "same-origin") return false;
        return origin is null ? site is not null : IsOwn(request, origin);
    }

    /// <summary>Whether a browser has said that it comes from elsewhere. Programs say nothing.</summary>
    public static bool Denies(HttpRequest request)
    {
        string? origin = request.Headers.Origin;
        return origin is not null && !IsOwn(request, origin) || request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"] && request.Headers["Sec-Fetch-Mode"] is not ["navigate"];
    }

    private static bool IsOwn(HttpRequest request, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var parsed) && parsed.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
}
