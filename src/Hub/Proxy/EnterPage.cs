using Holdfast.Hub.Pages;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Proxy;

/// <summary><c>/machines/NAME/enter</c>, on the hub's origin: sends who is logged in here, and may use the machine, on to its origin with a code.</summary>
internal sealed class EnterPage(IMachines machines, EntryCodes codes, HubHosts hosts)
{
    /// <summary>The path on a machine's origin that takes the code.</summary>
    public const string Path = "/.holdfast/enter";

    /// <summary>Where somebody who is not logged in to a machine is sent.</summary>
    /// <param name="request">The request.</param>
    /// <param name="origin">The machine's origin.</param>
    /// <param name="next">The path on it to come back to.</param>
    public string AddressFor(HttpRequest request, MachineOrigin origin, string next) =>
        $"{hosts.AddressFor(request)}/machines/{Uri.EscapeDataString(origin.Name)}/enter?{(origin.Port is { } port ? $"port={port}&" : "")}next={Uri.EscapeDataString(next)}";

    public Task EnterAsync(HttpContext context)
    {
        var request = context.Request;
        var login = Logins.Of(context);
        var found = machines.Find(login.Caller, (string)context.GetRouteValue("name")!);
        string? asked = request.Query["port"];
        var port = MachineOrigin.PortIn(asked);
        if (!found.Ok) return HubPage.WriteFaultAsync(context, found.Fault);
        if (login.IsToken || asked is not null && port is null) return HubPage.WriteFaultAsync(context, new HubFault("bad-request", "This page is for browsers that are logged in, and a port is a number up to 65535."));
        var origin = new MachineOrigin(found.Value.Spec.Name, port);
        var code = codes.New(login.Hash, found.Value, origin);
        context.Response.Redirect($"{hosts.AddressFor(request, origin.Label)}{Path}?code={code}&next={Uri.EscapeDataString(NextUrl.Safe(request.Query["next"]))}");
        return Task.CompletedTask;
    }
}
