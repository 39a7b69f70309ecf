using System.Net.WebSockets;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Ssh;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Hub.Api;

/// <summary>The way in by ssh, and the keys for it.</summary>
internal static class SshApi
{
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/ssh", ViewAsync).WithTags("ssh").WithSummary("What a computer needs to know for ssh to machines.").Produces<SshView>().WithFaults(503);
        api.MapGet("/machines/{name}/ssh", ConnectAsync).WithTags("ssh")
            .WithSummary("An sshd in the machine, as a WebSocket whose binary messages are its bytes. 'key' is the fingerprint of a key of the caller's, the only one that logs in then; without it all of theirs do. With a token that may change things only.")
            .Produces(StatusCodes.Status101SwitchingProtocols).WithFaults(400, 403, 404, 409, 503);
        var keys = api.MapGroup("/keys").WithTags("ssh");
        keys.MapGet("", (HttpContext context, SshKeys store) => Answer.Json([.. store.List(context.Caller().Name).Select(SshKeyView.Of)], HubJson.Default.SshKeyViewArray))
            .WithSummary("The caller's keys for ssh, the newest first.").Produces<SshKeyView[]>();
        keys.MapPost("", AddAsync).WithSummary("Add a public key; one that is there already is given back.").Accepts<SshKeyRequest>("application/json").Produces<SshKeyView>().WithFaults(400, 403, 409);
        keys.MapDelete("/{id}", (HttpContext context, SshKeys store, string id) => PeopleApi.Done(store.Remove(context.Caller(), id)))
            .WithSummary("Remove a key, by id, fingerprint or name, and end what is open by it.").Produces(StatusCodes.Status204NoContent).WithFaults(403, 404, 409);
        var home = api.MapGroup("/home-keys").WithTags("ssh");
        home.MapGet("", (HttpContext context, HomeKeys store) => Answer.Json([.. store.List(context.Caller().Name)], HubJson.Default.HomeKeyArray))
            .WithSummary("The keys in the caller's home, with which their machines log in elsewhere.").Produces<HomeKey[]>();
        home.MapPost("", BringAsync).WithSummary("Make a key in the caller's home, or bring one.").Accepts<HomeKeyRequest>("application/json").Produces<HomeKey>(StatusCodes.Status201Created).WithFaults(400, 403, 409, 503);
        home.MapPost("/test", TestAsync).WithSummary("Log in elsewhere from one of the caller's machines; what the other side answers.").Accepts<HomeKeyTestRequest>("application/json").Produces<HomeKeyAnswer>().WithFaults(400, 403, 409, 503);
    }

    private static async Task<IResult> BringAsync(HttpContext context, HomeKeys store)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.HomeKeyRequest);
        return wish.Ok ? Answer.Of(await store.AddAsync(context.Caller(), wish.Value.Name, wish.Value.Key, context.RequestAborted), HubJson.Default.HomeKey, StatusCodes.Status201Created) : Answer.Fault(wish.Fault);
    }

    private static async Task<IResult> TestAsync(HttpContext context, HomeKeyTrial trial)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.HomeKeyTestRequest);
        return wish.Ok ? Answer.Of(await trial.RunAsync(context.Caller(), wish.Value.Host, context.RequestAborted), HubJson.Default.HomeKeyAnswer) : Answer.Fault(wish.Fault);
    }

    private static async Task<IResult> ViewAsync(HttpContext context, SshWays ways) => Answer.Of(await ways.ViewAsync(context.RequestAborted), HubJson.Default.SshView);

    private static async Task<IResult> AddAsync(HttpContext context, SshKeys store)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.SshKeyRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        var added = store.Add(context.Caller(), wish.Value.Key, wish.Value.Name);
        return added.Ok ? Answer.Json(SshKeyView.Of(added.Value), HubJson.Default.SshKeyView) : Answer.Fault(added.Fault);
    }

    private static async Task ConnectAsync(HttpContext context, Fleet fleet, SshWays ways, MachineViews views, IHostApplicationLifetime lifetime, TimeProvider time, string name, string? key)
    {
        var login = Logins.Of(context);
        var machine = fleet.Find(login.Caller, name);
        IResult? refused = !machine.Ok ? views.Of(machine, context, name)
            : TokenSocket.Refusal(login, "ssh is for programs with a token; the machine's page has terminals.") is { } denied ? Answer.Fault(denied) : null;
        if (refused is not null)
        {
            await refused.ExecuteAsync(context);
            return;
        }
        var isWeb = context.WebSockets.IsWebSocketRequest;
        var keys = ways.KeysOf(login.Caller, key);
        // Asked without a WebSocket it says whether one would be opened: what stands in the way has no way through a handshake.
        HubFault? fault = machine.Value!.State != MachineState.Running ? MachineRules.NotRunning(machine.Value) : keys.Fault;
        if (fault is not null || !isWeb)
        {
            await (fault is not null ? Answer.Fault(fault) : TypedResults.NoContent()).ExecuteAsync(context);
            return;
        }
        var opened = await ways.OpenAsync(login.Caller, machine.Value, keys.Value!, context.RequestAborted);
        if (!opened.Ok)
        {
            await Answer.Fault(opened.Fault).ExecuteAsync(context);
            return;
        }
        using var connection = opened.Value;
        using var web = await context.WebSockets.AcceptWebSocketAsync();
        using var over = login.While(time, lifetime.ApplicationStopping);
        await using var client = WebSocketStream.Create(web, WebSocketMessageType.Binary, Farewell);
        await connection.RunAsync(client, over.Token);
    }
}
