using Holdfast.Lab.Activity;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Access;

/// <summary>
/// Decides about every request, in this order: 1 the Host is ours, 2 who calls, 3 the request cannot have been forged by another site,
/// 4 the caller is logged in. Answers as jupyter_server does: APIs 403 and 404 as JSON, pages a redirect to the login.
/// </summary>
internal sealed class Gate(RequestDelegate next, Credentials credentials, Origins origins, LabActivity activity, LabInput input, ILogger<Gate> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        SecurityHeaders.Set(context);

        if (RequestTail.HasDotSegment(context))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // 1
        if (!origins.IsOurHost(request.Host))
        {
            AccessLog.ForeignHost(log, request.Host.Value);
            await ApiError.WriteAsync(context, StatusCodes.Status403Forbidden,
                "This lab does not answer to that host name; mend: open it as localhost, or start it with --allow-remote-access");
            return;
        }

        // 2
        var caller = Identify(context);
        context.Features.Set(caller);
        origins.SetHeaders(context, caller.ByToken);
        var isOpen = context.GetEndpoint()?.Metadata.GetMetadata<OpenToEveryone>() is not null;
        if (HttpMethods.IsOptions(request.Method) && request.IsApi())
        {
            Preflight(context);
            return;
        }

        // 3
        if (!caller.ByToken && await ForgeryAsync(context) is { } status)
        {
            AccessLog.Refused(log, request.Method, request.Path.Value, status);
            await ApiError.WriteAsync(context, status, status == StatusCodes.Status404NotFound ? "Not Found" : "The request does not come from this lab's own page ('_xsrf' argument missing or wrong)");
            return;
        }

        // 4
        if (!caller.LoggedIn && !isOpen)
        {
            Refuse(context);
            return;
        }
        if (!request.IsApi() && request.IsRead() && caller.LoggedIn)
        {
            Xsrf.Ensure(context);
            if (caller.ByToken && request.Query.ContainsKey("token") && IsNavigation(request))
            {
                // The token leaves the address bar, the history and what the page sends on.
                context.Response.Redirect(NextUrl.Safe(WithoutToken(context), BaseUrl.Of(context).Prefix));
                return;
            }
        }
        if (caller.LoggedIn && request.IsApi() && !IsWatching(request))
            activity.Touch();
        if (caller.LoggedIn)
            input.Note(request);
        await next(context);
    }

    private Caller Identify(HttpContext context)
    {
        var request = context.Request;
        string? shown = request.Query["token"];
        var known = credentials.CallerOf(LoginCookie.Read(context));
        var inAddress = credentials.IsToken(shown);
        if (inAddress || InHeader(request))
        {
            // A page that a proxy opened with the header opens its WebSockets by the cookie; programs that call the API by the header need none.
            if (known is null && !request.IsWebSocket() && (inAddress || request.IsRead() && !request.IsApi()))
                LoginCookie.Give(context, credentials);
            return new Caller(known ?? credentials.TokenCaller, ByToken: true);
        }
        if (known is not null)
            return new Caller(known, ByToken: false);
        return credentials.Open ? new Caller("anonymous", ByToken: false) : Caller.Nobody;
    }

    private bool InHeader(HttpRequest request)
    {
        string? header = request.Headers.Authorization;
        return header?.IndexOf(' ', StringComparison.Ordinal) is { } space and > 0 &&
            header[..space].ToUpperInvariant() is "TOKEN" or "BEARER" && credentials.IsToken(header[space..].Trim());
    }

    /// <summary>The status to refuse with when another site may have made the request, else null.</summary>
    private async ValueTask<int?> ForgeryAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.IsWebSocket())
            return origins.IsAllowed(context) ? null : StatusCodes.Status403Forbidden;
        if (!origins.IsAllowed(context))
            return request.IsApi() || !request.IsRead() ? StatusCodes.Status404NotFound : null;
        if (request.IsRead())
            return (request.IsApi() || request.HoldsContents()) && origins.IsEmbeddedElsewhere(request) ? StatusCodes.Status404NotFound : null;
        return request.Path == CspReport.Route || await Xsrf.HoldsAsync(context) ? null : StatusCodes.Status403Forbidden;
    }

    private static void Refuse(HttpContext context)
    {
        var request = context.Request;
        if (request.IsApi() || !request.IsRead() || request.IsWebSocket())
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
        else
            context.Response.Redirect($"{BaseUrl.Of(context).Prefix}login?next={Uri.EscapeDataString(WithoutToken(context))}{(request.Query.ContainsKey("token") ? $"&{LoginPage.WrongToken}" : "")}");
    }

    private static string WithoutToken(HttpContext context)
    {
        var kept = QueryString.Create(context.Request.Query.Where(pair => pair.Key != "token"));
        return BaseUrl.Of(context).Prefix.TrimEnd('/') + context.Request.Path.ToUriComponent() + kept.ToUriComponent();
    }

    /// <summary>Whether the request only looks whether somebody is active: it must not count as activity itself.</summary>
    private static bool IsWatching(HttpRequest request) =>
        request.Path == "/api/status" || request.Path == "/metrics" || request.Query.ContainsKey("no_track_activity");

    private static bool IsNavigation(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    private static void Preflight(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.AccessControlAllowHeaders = "accept, content-type, authorization, x-xsrftoken";
        context.Response.Headers.AccessControlAllowMethods = "GET, PUT, POST, PATCH, DELETE, OPTIONS";
    }
}
