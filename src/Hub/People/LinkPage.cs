using Holdfast.Hub.Pages;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.People;

/// <summary><c>/setup?code=</c> for the first administrator, <c>/invite?code=</c> for everybody else: sets name and password, once.</summary>
internal sealed class LinkPage(OneTimeLinks links, Persons persons, Sessions sessions)
{
    public Task ShowAsync(HttpContext context)
    {
        string? code = context.Request.Query["code"];
        return FormAsync(context, code, links.Find(code), "", null, StatusCodes.Status200OK);
    }

    public async Task SubmitAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        var code = form.Field("code");
        var name = form.Field("name").ToLowerInvariant();
        var password = form?["password"].ToString() ?? "";
        var link = links.Find(code);
        if (link is not null && password != form?["again"].ToString())
        {
            await FormAsync(context, code, link, name, "The two passwords are not the same.", StatusCodes.Status400BadRequest);
            return;
        }
        var used = links.Use(code, FixedName(link) ?? name, password);
        if (!used.Ok)
        {
            await FormAsync(context, code, link, name, used.Fault.Message, used.Fault.Status);
            return;
        }
        LoginPage.Begin(context, sessions, used.Value.Name);
        context.SeeOther("/");
    }

    /// <summary>The name that a link is for; null when it is to be chosen.</summary>
    private string? FixedName(OneTimeLink? link) => link?.Kind == OneTimeLinks.Setup ? persons.FirstAdmin()?.Name : link?.Person;

    private Task FormAsync(HttpContext context, string? code, OneTimeLink? link, string name, string? wrong, int status)
    {
        if (link is null)
            return HubPage.WriteSmallAsync(context, "This link is over", $"""<p>It was used already, or it has ended. Links are good once, for three days.</p><p>Ask an administrator for a new one. The first administrator's is printed anew when the hub starts.</p><p><a href="/login">Log in</a></p>""", StatusCodes.Status404NotFound);
        var isFirst = link.Kind == OneTimeLinks.Setup;
        var fixedName = FixedName(link);
        Html nameField = fixedName is null
            ? (Html)$"""<label>Name<input name="name" value="{(name.Length > 0 || !isFirst ? name : LoginName.OfThisUser())}" autocomplete="username" autocapitalize="none" spellcheck="false" pattern="[a-z][a-z0-9_\-]*" maxlength="32" required autofocus><small>Lower-case letters, digits, - and _. It names your home folder.</small></label>"""
            : $"""<label>Name<input name="name" value="{fixedName}" autocomplete="username" readonly></label>""";
        return HubPage.WriteSmallAsync(context, isFirst ? "Welcome to Holdfast" : "Welcome", $"""
            {Html.If(wrong is not null, $"""<p class="wrong" role="alert">{wrong}</p>""")}
            <p>{(isFirst ? "You are the first one here: this makes you the administrator." : "Choose how you will log in.")}</p>
            <form method="post" action="{context.Request.Path.Value}"><input type="hidden" name="code" value="{code}">{nameField}
            <label>Password<input name="password" type="password" autocomplete="new-password" minlength="{Passwords.Shortest}" maxlength="{Passwords.Longest}" required><small>At least {Passwords.Shortest} characters.</small></label>
            <label>The same again<input name="again" type="password" autocomplete="new-password" minlength="{Passwords.Shortest}" maxlength="{Passwords.Longest}" required></label>
            <button class="main">Begin</button></form>
            """, status);
    }
}
