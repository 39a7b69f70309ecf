using System.Text.Json;
using Holdfast.Hub.Desktop;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Pages;
using Holdfast.Hub.People;
using Holdfast.Hub.Ports;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Proxy;

/// <summary>What the hub itself answers at a machine's origin: <c>/.holdfast/…</c>, and everything while the machine does not run.</summary>
internal sealed class OwnPaths(IMachines machines, EntryCodes codes, MachineCookies cookies, PortLinks links, EnterPage enter, DesktopPage desktop, HubHosts hosts, TimeProvider time)
{
    /// <summary>Takes the code of the hub's redirect, or of a link to a port, and gives the cookie for it.</summary>
    public Task EnterAsync(HttpContext context, MachineRecord? machine, MachineOrigin origin)
    {
        SecurityHeaders.Set(context);
        var request = context.Request;
        var next = NextUrl.Safe(request.Query["next"]);
        if (machine is not null && HttpMethods.IsGet(request.Method) && codes.Use(request.Query["code"], machine, origin) is { } session)
        {
            OwnCookies.GiveMachine(context, cookies.New(session, machine, origin));
            context.Response.Redirect(next);
            return Task.CompletedTask;
        }
        if (request.Query["link"].ToString() is { Length: > 0 } shown)
        {
            if (machine is null || origin.Port is not { } port || !HttpMethods.IsGet(request.Method) || links.Find(shown, machine, port) is not { } link)
                return HubPage.WriteSmallAsync(context, "This link is over", $"<p>It has ended, or was ended; mend: ask who gave it to you for another one.</p>", StatusCodes.Status403Forbidden);
            OwnCookies.GiveLink(context, shown, link.Expires - time.GetUtcNow());
            context.Response.Redirect(next);
            return Task.CompletedTask;
        }
        return HubPage.WriteSmallAsync(context, "This way in is over", $"""
            <p>Such an address is good once, for half a minute.</p><p><a class="button main" href="{enter.AddressFor(request, origin, next)}">Try again</a></p>
            """, StatusCodes.Status403Forbidden);
    }

    /// <summary><c>state</c>, <c>hooks</c>, <c>job</c>, <c>start</c>, and the desktop.</summary>
    public async Task AnswerAsync(HttpContext context, MachineRecord machine, CancellationToken ended)
    {
        SecurityHeaders.Set(context);
        if (context.Request.Path.StartsWithSegments(DesktopPage.Path))
        {
            await (machine.State == MachineState.Running ? desktop.AnswerAsync(context, machine, ended) : NotRunningAsync(context, machine));
            return;
        }
        switch (context.Request.Method, context.Request.Path.Value)
        {
            case ("GET" or "HEAD", "/.holdfast/state"):
                await StateAsync(context, machine);
                break;
            case ("GET" or "HEAD", "/.holdfast/hooks"):
                await HubPage.WriteSmallAsync(context, $"Start-up scripts of {machine.Spec.Name}", $"""{MachineParts.Hooks(machine)}<p><a href="/">Open the lab</a> <a href="{hosts.AddressFor(context.Request)}/machines/{machine.Spec.Name}">All about this machine</a></p>""");
                break;
            case ("GET", "/.holdfast/job"):
                // The form is the hub's own page: what runs in a machine, or in its page, cannot submit.
                context.Response.Redirect($"{hosts.AddressFor(context.Request)}/jobs/new?machine={Uri.EscapeDataString(machine.Spec.Name)}&notebook={Uri.EscapeDataString(context.Request.Query["notebook"].ToString())}");
                break;
            case ("POST", "/.holdfast/start"):
                var form = await Forms.ReadAsync(context);
                var started = machines.Start(context.Caller(), machine.Spec.Name, new StartWish(Safe: form.Field("safe") == "yes"));
                if (started.Ok) context.SeeOther(NextUrl.Safe(form.Field("next")));
                else await HubPage.WriteSmallAsync(context, "Not started", $"""<p class="wrong">{started.Fault.Message}</p><p><a href="/">Back</a></p>""", started.Fault.Status);
                break;
            default:
                await FaultAnswer.WriteAsync(context, new HubFault("not-found", "There is nothing at this address."));
                break;
        }
    }

    /// <summary>Pages get one that becomes the lab, programs 503 with the state.</summary>
    public Task NotRunningAsync(HttpContext context, MachineRecord machine)
    {
        SecurityHeaders.Set(context);
        if (context.Request.IsNavigation()) return NotRunningPage.ShowAsync(context, machine, machines.LastLoss(machine), hosts.AddressFor(context.Request));
        context.Response.Headers.RetryAfter = "2";
        return FaultAnswer.WriteAsync(context, new HubFault("unavailable", $"{machine.Spec.Name} does not run: it is {MachineParts.Word(machine.State)}. {machine.Message}".TrimEnd()), json => json.WriteString("state"u8, MachineParts.Word(machine.State)));
    }

    /// <summary>502: the machine runs, but what was asked of it does not answer.</summary>
    public static Task NoAnswerAsync(HttpContext context, MachineRecord machine, string problem)
    {
        context.Response.Clear();
        SecurityHeaders.Set(context);
        return context.Request.IsNavigation()
            ? HubPage.WriteSmallAsync(context, "No answer", $"""<p>{problem}</p><p>This page tries again by itself.</p><p><a class="button main" href="">Try now</a></p>""", StatusCodes.Status502BadGateway, refresh: true, script: "setTimeout(()=>location.reload(),2000)")
            : FaultAnswer.WriteAsync(context, new HubFault("unavailable", problem), json => json.WriteString("state"u8, MachineParts.Word(machine.State)), StatusCodes.Status502BadGateway);
    }

    private static async Task StateAsync(HttpContext context, MachineRecord machine)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("state"u8, MachineParts.Word(machine.State));
        json.WriteString("reason"u8, machine.Reason);
        json.WriteString("message"u8, machine.Message);
        json.WriteStartArray("steps"u8);
        foreach (var step in machine.Steps)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, MachineParts.StepName(step.Name));
            json.WriteString("took"u8, step.Took is { } took ? MachineParts.Seconds(took) : null);
            json.WriteString("detail"u8, step.Detail);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
