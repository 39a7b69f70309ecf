using System.Globalization;
using Holdfast.Hub.Costs;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/people</c>, for administrators: who is here, and links for who is to come or has forgotten a password.</summary>
internal sealed class PeoplePage(Persons persons, OneTimeLinks links, HubHosts hosts, Sessions sessions, Budgets budgets, HubSettings settings, TimeProvider time)
{
    public Task ShowAsync(HttpContext context) => WriteAsync(context, Html.Empty, StatusCodes.Status200OK);

    public async Task InviteAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        var name = form.Field("name");
        var made = links.Invite(context.Caller(), name.Length == 0 ? null : name, form.Field("role") == Person.AdminRole);
        await (made.Ok
            ? WriteAsync(context, $"""<div class="said" role="status"><p>Send this link{Html.If(name.Length > 0, $" to {name}")}. It works once, for three days, and is not shown again.</p><pre tabindex="0">{hosts.AddressFor(context.Request)}{made.Value}</pre></div>""", StatusCodes.Status200OK)
            : WriteAsync(context, HubPage.Wrong(made.Fault.Message), made.Fault.Status));
    }

    public async Task ChangeRoleAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        await DoneAsync(context, persons.SetRole(context.Caller(), form.Field("name"), form.Field("role") == Person.AdminRole));
    }

    public async Task RemoveAsync(HttpContext context) => await DoneAsync(context, persons.Remove(context.Caller(), (await Forms.ReadAsync(context)).Field("name")));

    public async Task WithdrawAsync(HttpContext context) => await DoneAsync(context, links.Withdraw(context.Caller(), (await Forms.ReadAsync(context)).Field("id")));

    public async Task SetBudgetAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        decimal? amount = null;
        if (form.Field("amount") is { Length: > 0 } text)
        {
            if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var read))
            {
                await WriteAsync(context, HubPage.Wrong($"A budget is an amount of money as 50 or 49.90, not '{text}'."), StatusCodes.Status400BadRequest);
                return;
            }
            amount = read;
        }
        await DoneAsync(context, budgets.Set(context.Caller(), form.Field("name"), amount));
    }

    private async Task DoneAsync<T>(HttpContext context, HubResult<T> result)
    {
        if (result.Ok) context.SeeOther("/people");
        else await WriteAsync(context, HubPage.Wrong(result.Fault.Message), result.Fault.Status);
    }

    private Task WriteAsync(HttpContext context, Html said, int status)
    {
        if (!context.Caller().IsAdmin) return HubPage.WriteFaultAsync(context, Persons.NotYours);
        var now = time.GetUtcNow();
        var invited = links.Invitations(context.Caller()).Value ?? [];
        return HubPage.WriteAsync(context, "People", $"""
            <div class="head"><h1>People</h1><a class="button" href="/people/log">Audit log</a></div>{said}
            <section>{AccountPage.Table(["Name", "Role", "Budget a month", "Last here", ""], persons.List().Select(person => AccountPage.Row($"<b>{person.Name}</b>{Html.If(!person.HasPassword, Html.Trusted(" <span class=\"hint\">no password yet</span>"))}", $"{person.Role}", Budget(person),
                $"{(sessions.List(person.Name) is [var last, ..] ? Words.Ago(last.Seen, now) : "–")}", Actions(person))))}</section>
            {Html.If(invited.Count > 0, $"""<section><h2>Invited</h2>{AccountPage.Table(["Name", "Role", "Ends", ""], invited.Select(link => AccountPage.Row($"{link.Person ?? "they choose one"}", $"{link.Role}", $"in {Words.Span(link.Expires - now)}", AccountPage.Button("/people/withdraw", "id", link.Id, "Withdraw"))))}</section>""")}
            <section><h2>Invite somebody</h2><form method="post" action="/people/invite"><div class="columns"><label>Name<input name="name" pattern="[a-z][a-z0-9_\-]*" maxlength="32" autocapitalize="none" autocomplete="off" spellcheck="false"><small>Empty: they choose one</small></label>
            <label>Role<select name="role"><option value="member">member: their own machines</option><option value="admin">administrator: everything</option></select></label></div><button class="main">Make a link</button></form></section>
            """, status);
    }

    private Html Budget(Person person) => $"""
        <form class="inline" method="post" action="/people/budget"><input type="hidden" name="name" value="{person.Name}"><input name="amount" inputmode="decimal" size="7" value="{(budgets.Of(person.Name) is { } amount ? amount.ToString("0.##", CultureInfo.InvariantCulture) : "")}" placeholder="none" aria-label="Budget of {person.Name} in {settings.Currency}" autocomplete="off"><button class="slim">Set</button></form>
        """;

    private static Html Actions(Person person) => $"""
        <div class="do"><form method="post" action="/people/invite"><input type="hidden" name="name" value="{person.Name}"><button aria-label="New password for {person.Name}">New password</button></form>
        <form method="post" action="/people/role"><input type="hidden" name="name" value="{person.Name}"><input type="hidden" name="role" value="{(person.IsAdmin ? Person.MemberRole : Person.AdminRole)}"><button>{(person.IsAdmin ? "Make member" : "Make administrator")}</button></form>
        {AccountPage.Button("/people/remove", "name", person.Name, "Remove")}</div>
        """;
}
