using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Mosh;
using Holdfast.Hub.People;
using Holdfast.Hub.Ssh;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>The way in by mosh.</summary>
internal static class MoshApi
{
    public static void Map(RouteGroupBuilder api) => api.MapPost("/machines/{name}/mosh", OpenAsync).WithTags("ssh")
        .WithSummary("Open a UDP port that leads to a mosh-server that was started in the machine by ssh, until that ends, or what has opened it. With a token that may change things only.")
        .Accepts<MoshRequest>("application/json").Produces<MoshView>(StatusCodes.Status201Created).WithFaults(400, 403, 404, 409, 503);

    private static async Task<IResult> OpenAsync(HttpContext context, Fleet fleet, SshWays ways, MoshSessions sessions, MachineViews views, string name)
    {
        var login = Logins.Of(context);
        var machine = fleet.Find(login.Caller, name);
        if (!machine.Ok) return views.Of(machine, context, name);
        if (TokenSocket.Refusal(login, "mosh is for programs with a token; the machine's page has terminals.") is { } denied) return Answer.Fault(denied);
        var wish = await Body.ReadAsync(context, HubJson.Default.MoshRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        if (wish.Value.Port is < 1 or > ushort.MaxValue) return Answer.Fault(new HubFault("bad-request", $"'{wish.Value.Port}' is no port: a number from 1 to 65535."));
        var keys = ways.KeysOf(login.Caller, wish.Value.Key);
        if (!keys.Ok) return Answer.Fault(keys.Fault);
        var opened = await sessions.OpenAsync(login.Caller.Name, machine.Value, wish.Value.Port, keys.Value, login, context.RequestAborted);
        return opened.Ok ? Answer.Json(new MoshView(opened.Value), HubJson.Default.MoshView, StatusCodes.Status201Created) : Answer.Fault(opened.Fault);
    }
}
