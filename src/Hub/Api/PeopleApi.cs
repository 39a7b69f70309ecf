using System.Globalization;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Costs;
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
        people.MapPut("/{person}/role", SetRoleAsync)
            .WithSummary("Make somebody administrator or member; it holds at once. For administrators.").Accepts<RoleRequest>("application/json").Produces<Person>().WithFaults(400, 403, 404, 409);
        people.MapPut("/{person}/budget", SetBudgetAsync)
            .WithSummary("What somebody may cost a month before it warns; null for what hub.yaml says. For administrators.").Accepts<BudgetRequest>("application/json").Produces<PersonBudget>().WithFaults(400, 403, 404);
        people.MapGet("/{person}/sessions", (HttpContext context, Persons persons, Sessions sessions, string person) =>
                OfPerson(context, persons, person, () => Answer.Json([.. sessions.List(person)], HubJson.Default.SessionArray)))
            .WithSummary("Where somebody is logged in by browser, the session used last first. For themselves and administrators.").Produces<Session[]>().WithFaults(403, 404);
        people.MapDelete("/{person}/sessions", (HttpContext context, Persons persons, Sessions sessions, AuditLog audit, string person) => OfPerson(context, persons, person, () =>
            {
                sessions.EndAll(person);
                audit.Write(context.Caller().Name, "session.end", person, "all");
                return TypedResults.NoContent();
            }))
            .WithSummary("End all of somebody's sessions, at once. For themselves and administrators.").Produces(StatusCodes.Status204NoContent).WithFaults(403, 404);
        people.MapDelete("/{person}/sessions/{id}", (HttpContext context, Persons persons, Sessions sessions, AuditLog audit, string person, string id) => OfPerson(context, persons, person, () =>
            {
                if (!sessions.End(person, id)) return Answer.Fault(new HubFault("not-found", $"{person} has no session {id}; 'holdfast people sessions' lists them."));
                audit.Write(context.Caller().Name, "session.end", person, id);
                return TypedResults.NoContent();
            }))
            .WithSummary("End a session, at once. For themselves and administrators.").Produces(StatusCodes.Status204NoContent).WithFaults(403, 404);
        var invitations = api.MapGroup("/invitations").WithTags("people");
        invitations.MapGet("", (HttpContext context, OneTimeLinks links) => links.Invitations(context.Caller()) is { Ok: true, Value: var list } ? Answer.Json([.. list], HubJson.Default.InvitationArray) : Answer.Fault(Persons.NotYours))
            .WithSummary("Invitations that were not used yet, without their links, the newest first. For administrators.").Produces<Invitation[]>().WithFaults(403);
        invitations.MapDelete("/{id}", (HttpContext context, OneTimeLinks links, string id) => Done(links.Withdraw(context.Caller(), id)))
            .WithSummary("Withdraw an invitation: its link is void at once. For administrators.").Produces(StatusCodes.Status204NoContent).WithFaults(403, 404);
        people.MapPost("/setup", (HttpContext context, FirstAdministrator first, HubHosts hosts) =>
                OfAdmin(context, () => Answer.Json(new InviteView(first.Link() is { } path ? hosts.AddressFor(context.Request) + path : null), HubJson.Default.InviteView)))
            .WithSummary("Make the link, good once, by which the first administrator chooses a password; null when one has. For the hub's own computer.").Produces<InviteView>().WithFaults(403);
        api.MapGet("/audit", Audit)
            .WithTags("people").WithSummary("Who did what, the newest first: at most 'most' lines (100), older than the line 'before'; only by 'person', with an 'action' that begins so, to 'subject', not before 'since'. For administrators.").Produces<AuditLine[]>().WithFaults(400, 403);
    }

    /// <summary>An answer without a value, or the fault.</summary>
    public static IResult Done(HubResult<bool> result) => result.Fault is { } fault ? Answer.Fault(fault) : TypedResults.NoContent();

    private static async Task<IResult> InviteAsync(HttpContext context, OneTimeLinks links, HubHosts hosts)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.InviteRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        if (!IsRole(wish.Value.Role)) return NoRole(wish.Value.Role);
        var path = links.Invite(context.Caller(), wish.Value.Name, wish.Value.Role == Person.AdminRole);
        return path.Ok ? Answer.Json(new InviteView(hosts.AddressFor(context.Request) + path.Value), HubJson.Default.InviteView, StatusCodes.Status201Created) : Answer.Fault(path.Fault);
    }

    private static async Task<IResult> SetRoleAsync(HttpContext context, Persons persons, string person)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.RoleRequest);
        if (!wish.Ok) return Answer.Fault(wish.Fault);
        return IsRole(wish.Value.Role) ? Answer.Of(persons.SetRole(context.Caller(), person, wish.Value.Role == Person.AdminRole), HubJson.Default.Person) : NoRole(wish.Value.Role);
    }

    private static async Task<IResult> SetBudgetAsync(HttpContext context, Budgets budgets, string person)
    {
        var wish = await Body.ReadAsync(context, HubJson.Default.BudgetRequest);
        return wish.Ok ? Answer.Of(budgets.Set(context.Caller(), person, wish.Value.Amount), HubJson.Default.PersonBudget) : Answer.Fault(wish.Fault);
    }

    private static bool IsRole(string role) => role is Person.MemberRole or Person.AdminRole;

    private static IResult NoRole(string role) => Answer.Fault(new HubFault("bad-request", $"A role is member or admin, not '{role}'."));

    private static IResult Audit(HttpContext context, AuditLog audit, string? before, string? most, string? person, string? action, string? subject, string? since) => OfAdmin(context, () =>
    {
        if (!long.TryParse(before ?? $"{long.MaxValue}", out var id) || !int.TryParse(most ?? "100", out var count) || count is <= 0 or > MostLines)
            return Answer.Fault(new HubFault("bad-request", $"'before' is the id of a line, 'most' a number from 1 to {MostLines}."));
        DateTimeOffset? from = null;
        if (since is not null)
        {
            if (!DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return Answer.Fault(new HubFault("bad-request", "'since' is a time as 2026-11-21 or 2026-11-21T12:00:00Z."));
            from = time;
        }
        return Answer.Json([.. audit.Read(id, count, new AuditFilter(person, action, subject, from))], HubJson.Default.AuditLineArray);
    });

    /// <summary>Of somebody for themselves, and for administrators; whether there is somebody of that name is no member's to learn.</summary>
    private static IResult OfPerson(HttpContext context, Persons persons, string person, Func<IResult> answer) =>
        !context.Caller().IsAdmin && context.Caller().Name != person ? Answer.Fault(new HubFault("forbidden", "The sessions of others are for administrators."))
        : persons.Find(person) is null ? Answer.Fault(new HubFault("not-found", $"There is nobody named {person}."))
        : answer();

    private static IResult OfAdmin(HttpContext context, Func<IResult> answer) => context.Caller().IsAdmin ? answer() : Answer.Fault(new HubFault("forbidden", "Only administrators may see that."));
}
