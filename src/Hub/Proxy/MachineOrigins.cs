using Holdfast.Hub.Machines;
using Holdfast.Hub.Pages;
using Holdfast.Hub.People;
using Holdfast.Hub.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Proxy;

/// <summary>
/// Answers requests to hosts below the hub's domain, in this order: 1 which machine is meant, 2 who asks, and may they, 3 no other origin's page can have made the request,
/// 4 what the hub answers itself, 5 the machine does not run, 6 forward. Who is not logged in gets the same whether there is such a machine or not.
/// </summary>
internal sealed class MachineOrigins(
    RequestDelegate next, HubHosts hosts, IMachines machines, Logins logins, MachineCookies cookies, PortLinks links, EnterPage enter, OwnPaths own, Forwarder forwarder, TimeProvider time, ILogger<MachineOrigins> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (hosts.LabelOf(request.Host) is not { } label)
        {
            await next(context);
            return;
        }

        // 1
        if (MachineOrigin.Parse(label) is not { } origin)
        {
            await RefuseAsync(context, NoMachine);
            return;
        }
        var machine = machines.Find(AnyCaller, origin.Name).Value;
        if (request.Path == EnterPage.Path)
        {
            await own.EnterAsync(context, machine, origin);
            return;
        }

        // 2
        var token = TokenIn(request);
        var login = token is not null ? logins.ByToken(token) : machine is null ? null : cookies.Find(OwnCookies.ReadMachine(request), machine, origin);
        if (login is null && token is null && machine is not null && origin.Port is { } port && links.Find(OwnCookies.ReadLink(request), machine, port) is { } link)
        {
            await GuestAsync(context, machine, port, link);
            return;
        }
        if (login is null)
        {
            await AskForLoginAsync(context, origin, token is not null);
            return;
        }
        if (machine is null || machine.Owner != login.Caller.Name && !login.Caller.IsAdmin)
        {
            await RefuseAsync(context, NoMachine);
            return;
        }
        context.SetCaller(login.Caller);
        context.Features.Set(login);

        // 3
        var changes = Changes(context);
        if (!login.IsToken && (changes ? !SameOrigin.Proves(request) : SameOrigin.Denies(request)))
        {
            ProxyLog.Forged(log, request.Method, origin.Label);
            await RefuseAsync(context, new HubFault("forbidden", "The request does not come from this machine's own page."));
            return;
        }
        if (changes && !login.Caller.MayWrite)
        {
            await RefuseAsync(context, new HubFault("forbidden", "This token only reads; mend: use one with the scope all."));
            return;
        }

        using var over = login.While(time, context.RequestAborted);
        // 4
        if (request.Path.StartsWithSegments("/.holdfast"))
        {
            await own.AnswerAsync(context, machine, over.Token);
            return;
        }

        // 5
        if (machine.State != MachineState.Running)
        {
            await own.NotRunningAsync(context, machine);
            return;
        }

        // 6
        var upstream = new Upstream(machine, origin.Port, origin.Port is null ? machines.LabSocketOf(machine) : machines.PortSocketOf(machine));
        if (await forwarder.ForwardAsync(context, upstream, over.Token) is { } problem)
            await OwnPaths.NoAnswerAsync(context, machine, problem);
    }

    /// <summary>Who came by a link has this port and nothing else: none of the hub's own pages, and no start of the machine.</summary>
    private async Task GuestAsync(HttpContext context, MachineRecord machine, int port, PortLink link)
    {
        var request = context.Request;
        // Before the link is looked for once more: one that is ended meanwhile ends this.
        var ended = links.Ended(link);
        if (links.Find(OwnCookies.ReadLink(request), machine, port) is null) await AskForLoginAsync(context, new MachineOrigin(machine.Spec.Name, port), hadToken: false);
        else if (Changes(context) ? !SameOrigin.Proves(request) : SameOrigin.Denies(request)) await RefuseAsync(context, new HubFault("forbidden", "The request does not come from this port's own page."));
        else if (request.Path.StartsWithSegments("/.holdfast")) await RefuseAsync(context, new HubFault("not-found", "There is nothing at this address."));
        else if (machine.State != MachineState.Running) await RefuseAsync(context, new HubFault("unavailable", $"{machine.Spec.Name} does not run at the moment; mend: ask who gave you the link to start it."));
        else
        {
            using var expires = new CancellationTokenSource(link.Expires - time.GetUtcNow() is { Ticks: > 0 } left ? left : TimeSpan.Zero, time);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, expires.Token, ended);
            if (await forwarder.ForwardAsync(context, new Upstream(machine, port, machines.PortSocketOf(machine)), over.Token) is { } problem) await OwnPaths.NoAnswerAsync(context, machine, problem);
        }
    }

    private static bool Changes(HttpContext context) => !context.Request.IsRead() || context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };

    /// <summary>The hub itself looks: whose the machine is, is decided when it is known who asks.</summary>
    private static Caller AnyCaller { get; } = new("", IsAdmin: true);

    private static HubFault NoMachine { get; } = new("not-found", "There is no such machine here, or it is not yours; the hub's first page lists yours.");

    /// <summary>An API token, as Jupyter's clients send it: in the header, and in the query where they can set none.</summary>
    private static string? TokenIn(HttpRequest request)
    {
        if (Bearer.TokenIn(request.Headers.Authorization) is { } inHeader) return inHeader;
        return request.QueryString.HasValue && request.Query["token"].ToString() is var inQuery && Bearer.IsToken(inQuery) ? inQuery : null;
    }

    private Task AskForLoginAsync(HttpContext context, MachineOrigin origin, bool hadToken)
    {
        var request = context.Request;
        if (!hadToken && request.IsNavigation())
        {
            SecurityHeaders.Set(context);
            context.Response.Redirect(enter.AddressFor(request, origin, RequestHead.Target(context)));
            return Task.CompletedTask;
        }
        return RefuseAsync(context, new HubFault("not-logged-in", hadToken
            ? "This token is not known, was revoked, or has ended; mend: make another one on the hub's account page."
            : "Nobody is logged in to this machine; mend: open it in a browser, or send a token of the hub: Authorization: token hf_…"));
    }

    private Task RefuseAsync(HttpContext context, HubFault fault)
    {
        SecurityHeaders.Set(context);
        return context.Request.IsNavigation()
            ? HubPage.WriteSmallAsync(context, "Not here", $"""<p>{fault.Message}</p><p><a href="{hosts.AddressFor(context.Request)}/">All machines</a></p>""", fault.Status)
            : FaultAnswer.WriteAsync(context, fault);
    }
}
