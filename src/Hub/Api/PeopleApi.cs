using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Hub.Api;

/// <summary>Who may use the hub, and what they did.</summary>
internal static class PeopleApi
{
    private const int MostLines = 1000;

    public static void Map(RouteGroupBuilder api)
    {
        var people = api.MapGroup("/people").WithTags("people");
        people.MapGet("", (HttpContext context, Persons persons) => OfAdmin(context, () => Answer.Json([.. persons.List()], HubJson.Default.PersonArray)))
            .WithSummary("Who may use this hub. For administrators.").Produces<Person[]>().WithFaults(403);
        people.MapPost("/invite", InviteAsync)
            .WithSummary("Make a link, good once, by which somebody new chooses a password, or somebody who is there a new one. For administrators.")
            .Accepts<InviteRequest>("application/json").Produces<InviteView>(StatusCodes.Status201Created).WithFaults(400, 403);
        people.MapDelete("/{person}", (HttpContext context, Persons persons, string person) => Done(persons.Remove(context.Caller(), person)))
            .WithSummary("Remove somebody with their tokens and secrets; their home stays. For administrators.").Produces(StatusCodes.Status204NoContent).WithFaults(403, 404, 409);
        people.MapPost("/setup", (HttpContext context, FirstAdministrator first, HubHosts hosts) =>
                OfAdmin(context, () => Answer.Json(new InviteView(first.Link() is { } path ? hosts.AddressFor(context.Request) + path : null), HubJson.Default.InviteView)))
            .WithSummary("Make the link, good once, by which the first administrator chooses a password; null when one has. For the hub's own computer.").Produces<InviteView>().WithFaults(403);
        api.MapGet("/audit", Audit)
            .WithTags("people").WithSummary("Who did what, the newest first: at most 'most' lines (100), older than the line 'before'. For administrators.").Produces<AuditLine[]>().WithFaults(400, 403);
    }

    /// <summary>An answer without a value, or the fault.</summary>
    public static IResult Done(HubResult<bool> result) => result.Fault is { } fault ? Answer.Fault(fault) : TypedResults.NoContent();

    private static async Task<IResult> InviteAsync(HttpContext context, OneTimeLinks links, HubHosts hosts)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.InviteRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        if (wish.Value.Role is not ("member" or "admin")) return Answer.Fault(new HubFault("bad-request", $"A role is member or admin, not '{wish.Value.Role}'."));
        var path = links.Invite(context.Caller(), wish.Value.Name, wish.Value.Role == "admin");
        return path.Ok ? Answer.Json(new InviteView(hosts.AddressFor(context.Request) + path.Value), HubJson.Default.InviteView, StatusCodes.Status201Created) : Answer.Fault(path.Fault);
    }

    private static IResult Audit(HttpContext context, AuditLog audit, string? before, string? most) => OfAdmin(context, () =>
        long.TryParse(before ?? $"{long.MaxValue}", out var id) && int.TryParse(most ?? "100", out var count) && count is > 0 and <= MostLines
            ? Answer.Json([.. audit.Read(id, count)], HubJson.Default.AuditLineArray)
            : Answer.Fault(new HubFault("bad-request", $"'before' is the id of a line, 'most' a number from 1 to {MostLines}.")));

    private static IResult OfAdmin(HttpContext context, Func<IResult> answer) => context.Caller().IsAdmin ? answer() : Answer.Fault(new HubFault("forbidden", "Only administrators may see that."));
}
