using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/people</c>, for administrators: who is here, and links for who is to come or has forgotten a password.</summary>
internal sealed class PeoplePage(Persons persons, OneTimeLinks links, HubHosts hosts)
{
    public Task ShowAsync(HttpContext context) => WriteAsync(context, Html.Empty, StatusCodes.Status200OK);

    public async Task InviteAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        var name = form.Field("name");
        var made = links.Invite(context.Caller(), name.Length == 0 ? null : name, form.Field("role") == Person.AdminRole);
        await (made.Ok
            ? WriteAsync(context, $"""<div class="said" role="status"><p>Send this link{Html.If(name.Length > 0, $" to {name}")}. It works once, for three days, and is not shown again.</p><pre tabindex="0">{hosts.AddressFor(context.Request)}{made.Value}</pre></div>""", StatusCodes.Status200OK)
            : WriteAsync(context, Wrong(made.Fault), made.Fault.Status));
    }

    public async Task ChangeRoleAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        await DoneAsync(context, persons.SetRole(context.Caller(), form.Field("name"), form.Field("role") == Person.AdminRole));
    }

    public async Task RemoveAsync(HttpContext context) => await DoneAsync(context, persons.Remove(context.Caller(), (await Forms.ReadAsync(context)).Field("name")));

    private async Task DoneAsync<T>(HttpContext context, HubResult<T> result)
    {
        if (result.Ok) context.SeeOther("/people");
        else await WriteAsync(context, Wrong(result.Fault), result.Fault.Status);
    }

    private Task WriteAsync(HttpContext context, Html said, int status)
    {
        if (!context.Caller().IsAdmin) return HubPage.WriteFaultAsync(context, Persons.NotYours);
        return HubPage.WriteAsync(context, "People", $"""
            <div class="head"><h1>People</h1></div>{said}
            <section>{AccountPage.Table(["Name", "Role", ""], persons.List().Select(person => AccountPage.Row($"<b>{person.Name}</b>{Html.If(!person.HasPassword, Html.Trusted(" <span class=\"hint\">no password yet</span>"))}", $"{person.Role}", Actions(person))))}</section>
            <section><h2>Invite somebody</h2><form method="post" action="/people/invite"><div class="columns"><label>Name<input name="name" pattern="[a-z][a-z0-9_\-]*" maxlength="32" autocapitalize="none" autocomplete="off" spellcheck="false"><small>Empty: they choose one</small></label>
            <label>Role<select name="role"><option value="member">member: their own machines</option><option value="admin">administrator: everything</option></select></label></div><button class="main">Make a link</button></form></section>
            """, status);
    }

    private static Html Wrong(HubFault fault) => $"""<p class="wrong" role="alert">{fault.Message}</p>""";

    private static Html Actions(Person person) => $"""
        <div class="do"><form method="post" action="/people/invite"><input type="hidden" name="name" value="{person.Name}"><button aria-label="New password for {person.Name}">New password</button></form>
        <form method="post" action="/people/role"><input type="hidden" name="name" value="{person.Name}"><input type="hidden" name="role" value="{(person.IsAdmin ? Person.MemberRole : Person.AdminRole)}"><button>{(person.IsAdmin ? "Make member" : "Make administrator")}</button></form>
        {AccountPage.Button("/people/remove", "name", person.Name, "Remove")}</div>
        """;
}
