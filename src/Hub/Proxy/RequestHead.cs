using System.Collections.Frozen;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Holdfast.Hub.Proxy;

/// <summary>What of a request's head goes on to the machine: all but what concerns this connection only (RFC 9110, 7.6.1), what a client says of its way here, and what logs in to the hub.</summary>
internal static class RequestHead
{
    private const string XsrfCookie = "_xsrf";
    private const string XsrfHeader = "X-XSRFToken";

    /// <summary>Those of one connection only; <c>Expect</c> is set by name.</summary>
    public static readonly FrozenSet<string> OfOneConnection = FrozenSet.ToFrozenSet(
        [HeaderNames.Connection, HeaderNames.KeepAlive, HeaderNames.ProxyConnection, HeaderNames.TE, HeaderNames.Trailer, HeaderNames.TransferEncoding, HeaderNames.Upgrade,
        HeaderNames.ProxyAuthenticate, HeaderNames.ProxyAuthorization, HeaderNames.AltSvc], StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> OurOwn = FrozenSet.ToFrozenSet(
        [HeaderNames.Host, HeaderNames.Cookie, HeaderNames.Authorization, HeaderNames.Expect, "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Real-IP"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes the request for the machine.</summary>
    /// <param name="context">The request that came.</param>
    /// <param name="upstream">Where it goes.</param>
    /// <param name="target">Path and query, as they came.</param>
    /// <param name="body">Its body; null for none.</param>
    /// <param name="upgrade">Whether it asks for another protocol.</param>
    public static HttpRequestMessage Make(HttpContext context, Upstream upstream, string target, HttpContent? body, bool upgrade)
    {
        var from = context.Request;
        var to = new HttpRequestMessage(HttpMethod.Parse(from.Method), new Uri($"http://{upstream.Key}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }))
        {
            Version = System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        var byConnection = from.Headers.Connection;
        foreach (var (name, values) in from.Headers)
        {
            if (OfOneConnection.Contains(name) || OurOwn.Contains(name) || IsNamedIn(byConnection, name)) continue;
            Add(to, name, values);
        }
        to.Headers.Host = from.Host.Value;
        if (upgrade)
        {
            Add(to, HeaderNames.Connection, HeaderNames.Upgrade);
            Add(to, HeaderNames.Upgrade, from.Headers.Upgrade);
        }
        if (body is not null && from.Headers.Expect.Count > 0) to.Headers.ExpectContinue = true;
        if (!Bearer.IsToken(Bearer.TokenIn(from.Headers.Authorization))) Add(to, HeaderNames.Authorization, from.Headers.Authorization);
        AddCookies(context, to, upstream);
        Add(to, "X-Forwarded-For", context.ClientAddress()?.ToString());
        Add(to, "X-Forwarded-Proto", from.IsTls() ? "https" : "http");
        Add(to, "X-Forwarded-Host", from.Host.Value);
        return to;
    }

    /// <summary>Path and query as they came, without a token of ours.</summary>
    public static string Target(HttpContext context)
    {
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var target = raw.StartsWith('/') ? raw : context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent();
        if (!target.Contains(Bearer.TokenPrefix, StringComparison.Ordinal) || target.IndexOf('?', StringComparison.Ordinal) is var query && query < 0) return target;
        var kept = target[(query + 1)..].Split('&').Where(part => !part.StartsWith($"token={Bearer.TokenPrefix}", StringComparison.Ordinal)).ToArray();
        return kept.Length == 0 ? target[..query] : $"{target[..query]}?{string.Join('&', kept)}";
    }

    private static void AddCookies(HttpContext context, HttpRequestMessage to, Upstream upstream)
    {
        string? cookies = context.Request.Headers.Cookie;
        if (cookies?.Contains(OwnCookies.Prefix, StringComparison.Ordinal) == true)
            cookies = string.Join("; ", cookies.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(cookie => !IsOurs(cookie)));
        // A lab wants proof that its own page sends what changes something. A program that shows a token has none, and no other site can make it show one.
        if (upstream.Port is null && context.Features.Get<Login>() is { IsToken: true } && !context.Request.IsRead())
        {
            cookies = string.IsNullOrEmpty(cookies) ? $"{XsrfCookie}=token" : $"{string.Join("; ", cookies.Split("; ").Where(cookie => !cookie.StartsWith($"{XsrfCookie}=", StringComparison.Ordinal)).Append($"{XsrfCookie}=token"))}";
            to.Headers.Remove(XsrfHeader);
            Add(to, XsrfHeader, "token");
        }
        if (!string.IsNullOrEmpty(cookies)) Add(to, HeaderNames.Cookie, cookies);
    }

    private static bool IsOurs(string cookie) => cookie.StartsWith(OwnCookies.Prefix, StringComparison.Ordinal) ||
        cookie.StartsWith(OwnCookies.HostPrefix, StringComparison.OrdinalIgnoreCase) && cookie.AsSpan(OwnCookies.HostPrefix.Length).StartsWith(OwnCookies.Prefix, StringComparison.Ordinal);

    private static bool IsNamedIn(StringValues connection, string name)
    {
        foreach (var value in connection)
            if (value is not null && !value.Equals("keep-alive", StringComparison.OrdinalIgnoreCase) && value.Split(',').Any(part => part.AsSpan().Trim().Equals(name, StringComparison.OrdinalIgnoreCase))) return true;
        return false;
    }

    private static void Add(HttpRequestMessage to, string name, StringValues values)
    {
        if (values.Count == 0) return;
        if (values.Count == 1 ? to.Headers.TryAddWithoutValidation(name, values.ToString()) : to.Headers.TryAddWithoutValidation(name, values.ToArray())) return;
        to.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
    }
}
