using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.People;

/// <summary>
/// Decides about every request to the hub itself, in this order: 1 the host is ours, 2 who asks, 3 no other site can have made the request, 4 somebody is logged in,
/// 5 they may change something. Pages are redirected to the login, programs get a <see cref="HubFault"/>.
/// </summary>
internal sealed class Gate(RequestDelegate next, HubHosts hosts, Logins logins, ILogger<Gate> log)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        SecurityHeaders.Set(context);

        // 1
        if (!hosts.IsHub(request))
        {
            PeopleLog.ForeignHost(log, request.Host.Value);
            return FaultAnswer.WriteAsync(context, new HubFault("forbidden", "This hub does not answer to that host name; mend: open it by the address it printed, or start it with that domain."));
        }
        if (request.IsNavigation() && !hosts.IsDomain(request.Host) && hosts.IsDomain(new HostString("localhost")) && !HubHosts.IsNumber(request))
        {
            // Machines ask for the login there, and a cookie is one host's.
            context.Response.Redirect(hosts.AddressFor(request) + request.PathBase.Add(request.Path).ToUriComponent() + request.QueryString.ToUriComponent());
            return Task.CompletedTask;
        }

        // 2
        var token = Bearer.TokenIn(request.Headers.Authorization);
        var login = token is not null ? logins.ByToken(token) : logins.BySession(OwnCookies.ReadSession(request));
        if (login is not null)
        {
            context.SetCaller(login.Caller);
            context.Features.Set(login);
        }
        var isOpen = context.GetEndpoint()?.Metadata.GetMetadata<OpenToEveryone>() is not null;

        // 3
        if (!request.IsRead() && login?.IsToken != true && !(login is null ? !SameOrigin.Denies(request) : SameOrigin.Proves(request)))
        {
            PeopleLog.Forged(log, request.Method, request.Path.Value);
            return FaultAnswer.WriteAsync(context, new HubFault("forbidden", "The request does not come from this hub's own page; programs use a token: holdfast token create."));
        }

        // 4
        if (login is null && !isOpen)
        {
            if (token is null && request.IsNavigation() && !request.Path.StartsWithSegments("/api"))
            {
                context.Response.Redirect($"/login?next={Uri.EscapeDataString(request.Path.ToUriComponent() + request.QueryString.ToUriComponent())}");
                return Task.CompletedTask;
            }
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return FaultAnswer.WriteAsync(context, new HubFault("not-logged-in", token is null
                ? "Nobody is logged in; mend: log in, or send a token: Authorization: Bearer hf_…"
                : "This token is not known, was revoked, or has ended; mend: make another one on the account page."));
        }

        // 5
        if (login is { Caller.MayWrite: false } && !request.IsRead())
            return FaultAnswer.WriteAsync(context, new HubFault("forbidden", "This token only reads; mend: use one with the scope all."));
        return next(context);
    }
}
