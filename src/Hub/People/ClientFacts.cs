using System.Net;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.People;

/// <summary>
/// What is true of the client, with a proxy before the hub too: one on this computer is believed what it says in <c>X-Forwarded-Proto</c> and, last, in
/// <c>X-Forwarded-For</c>.
/// </summary>
internal static class ClientFacts
{
    /// <summary>Whether the browser speaks TLS.</summary>
    public static bool IsTls(this HttpRequest request) =>
        request.IsHttps || IsFromHere(request.HttpContext) && request.Headers["X-Forwarded-Proto"].ToString().Equals("https", StringComparison.OrdinalIgnoreCase);

    /// <summary>The client's address; null for a Unix socket.</summary>
    public static IPAddress? ClientAddress(this HttpContext context)
    {
        if (IsFromHere(context) && context.Request.Headers["X-Forwarded-For"].ToString() is { Length: > 0 } forwarded &&
            IPAddress.TryParse(forwarded.AsSpan(forwarded.LastIndexOf(',') + 1).Trim(), out var said))
            return said;
        return context.Connection.RemoteIpAddress;
    }

    /// <summary>The port that the browser sees.</summary>
    public static int PublicPort(this HttpRequest request) => request.Host.Port ?? (request.IsTls() ? 443 : 80);

    /// <summary>Whether the browser opens a page, which a redirect or a page of ours can answer; else it is a program or a script, which needs JSON.</summary>
    public static bool IsNavigation(this HttpRequest request)
    {
        if (!request.IsRead()) return false;
        var mode = request.Headers["Sec-Fetch-Mode"].ToString();
        return mode.Length > 0 ? mode == "navigate" : request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
    }

    /// <summary>Whether the request only looks.</summary>
    public static bool IsRead(this HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static bool IsFromHere(HttpContext context) => context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);
}
