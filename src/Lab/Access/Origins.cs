using System.Net;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Access;

/// <summary>Where a request may come from, and by which names this lab may be called.</summary>
internal sealed class Origins(LabOptions options)
{
    private readonly bool _onLoopback = options.Ip is "localhost" || IPAddress.TryParse(options.Ip, out var ip) && IPAddress.IsLoopback(ip);

    /// <summary>
    /// Whether the Host header names this lab. A lab on loopback answers to loopback names only, or a page of another site could reach it
    /// through a name of its own that resolves here.
    /// </summary>
    public bool IsOurHost(HostString host)
    {
        if (!_onLoopback || options.AllowRemoteHosts)
            return true;
        var name = host.Host.Trim('[', ']');
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(name, out var ip) && IPAddress.IsLoopback(ip);
    }

    /// <summary>Whether the request's origin is this lab or the one that was allowed. Programs send none.</summary>
    public bool IsAllowed(HttpContext context)
    {
        string? origin = context.Request.Headers.Origin;
        if (origin is null || options.AllowOrigin == "*" || options.AllowOrigin?.Equals(origin, StringComparison.OrdinalIgnoreCase) == true)
            return true;
        return Uri.TryCreate(origin, UriKind.Absolute, out var parsed) &&
            parsed.Authority.Equals(context.Request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a browser says that another site's page makes this request (a link that the user follows is none).</summary>
    public bool IsEmbeddedElsewhere(HttpRequest request) =>
        options.AllowOrigin is null && request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"] && request.Headers["Sec-Fetch-Mode"] is not ["navigate"];

    /// <summary>Tells browsers who may read the answer.</summary>
    public void SetHeaders(HttpContext context, bool byToken)
    {
        string? origin = context.Request.Headers.Origin;
        if (options.AllowOrigin is { } allowed)
            context.Response.Headers.AccessControlAllowOrigin = allowed;
        else if (byToken && origin is not null)
            context.Response.Headers.AccessControlAllowOrigin = origin;
    }
}
