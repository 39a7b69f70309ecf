using System.Globalization;
using Holdfast.Hub.Desktop;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Proxy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Pages;

/// <summary>A machine's desktop on its page: a button, and a small picture of it while it runs.</summary>
internal sealed class DesktopPart(IMachines machines, MachineDesktops desktops, HubHosts hosts, TimeProvider time)
{
    /// <summary>A page that is shown again within this time shows the same picture.</summary>
    private const int PictureSeconds = 15;

    /// <summary>The button.</summary>
    public Html Button(HttpRequest request, MachineRecord machine) => $"""<a class="button" href="{AddressOf(request, machine)}" target="_blank" rel="noopener">Desktop</a>""";

    /// <summary>The picture; nothing where there is no desktop.</summary>
    public async Task<Html> DrawAsync(HttpRequest request, MachineRecord machine, CancellationToken cancellationToken)
    {
        if (await desktops.StateAsync(machine, cancellationToken) is not { IsRunning: true } state) return Html.Empty;
        var (name, at) = (machine.Spec.Name, (time.GetUtcNow().ToUnixTimeSeconds() / PictureSeconds).ToString(CultureInfo.InvariantCulture));
        return $"""
            <section><header><h2>Desktop</h2><span class="hint">{state.Width} × {state.Height}</span></header><a href="{AddressOf(request, machine)}" target="_blank" rel="noopener"><img class="shot" src="/machines/{name}/desktop.png?at={at}" width="{state.Width}" height="{state.Height}" alt="What the desktop shows"></a></section>
            """;
    }

    /// <summary><c>/machines/NAME/desktop.png</c>.</summary>
    public async Task PictureAsync(HttpContext context)
    {
        var found = machines.Find(context.Caller(), (string)context.GetRouteValue("name")!);
        if (!found.Ok || await desktops.PictureAsync(found.Value, context.RequestAborted) is not { } picture)
        {
            await FaultAnswer.WriteAsync(context, found.Fault ?? new HubFault("not-found", "There is no desktop at the moment."));
            return;
        }
        context.Response.ContentType = "image/png";
        context.Response.Headers.CacheControl = $"private, max-age={PictureSeconds}";
        await context.Response.Body.WriteAsync(picture, context.RequestAborted);
    }

    private string AddressOf(HttpRequest request, MachineRecord machine) => $"{hosts.AddressFor(request, machine.Spec.Name)}{DesktopPage.Path}";
}
