using System.Globalization;
using Holdfast.Hub.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.People;

/// <summary><c>/login</c> and <c>/logout</c>.</summary>
internal sealed class LoginPage(Persons persons, Sessions sessions, LoginLimiter limiter, AuditLog audit, ILogger<LoginPage> log)
{
    public static Task ShowAsync(HttpContext context)
    {
        var next = NextUrl.Safe(context.Request.Query["next"]);
        if (context.FindCaller() is null) return FormAsync(context, next, "", null, StatusCodes.Status200OK);
        context.Response.Redirect(next);
        return Task.CompletedTask;
    }

    public async Task SubmitAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        var next = NextUrl.Safe(form?["next"]);
        var name = form.Field("name").ToLowerInvariant();
        var password = form?["password"].ToString() ?? "";
        var address = context.ClientAddress();
        if (limiter.Take(name, address) is { } wait)
        {
            var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers.RetryAfter = seconds;
            await FormAsync(context, next, name, $"Too many wrong tries. Try again in {seconds} seconds.", StatusCodes.Status429TooManyRequests);
            return;
        }
        if (persons.Check(name, password) is not { } person)
        {
            PeopleLog.WrongPassword(log, address);
            // What is no name here may be a password in the wrong field.
            audit.Write(null, "login.failed", persons.Find(name)?.Name, address?.ToString());
            await FormAsync(context, next, name, "That name and password do not belong together.", StatusCodes.Status401Unauthorized);
            return;
        }
        limiter.Forget(name, address);
        Begin(context, sessions, person.Name);
        audit.Write(person.Name, "login", person.Name, address?.ToString());
        context.SeeOther(next);
    }

    /// <summary>Begins a session for the browser at hand; one that it had is ended.</summary>
    public static void Begin(HttpContext context, Sessions sessions, string person)
    {
        if (context.Features.Get<Login>() is { IsToken: false } before) sessions.End(before.Caller.Name, Sessions.IdOf(before.Hash));
        OwnCookies.GiveSession(context, sessions.Begin(person, context.Request.Headers.UserAgent.ToString()));
    }

    public Task LogoutAsync(HttpContext context)
    {
        if (context.Features.Get<Login>() is { IsToken: false } login)
        {
            sessions.End(login.Caller.Name, Sessions.IdOf(login.Hash));
            audit.Write(login.Caller.Name, "logout", login.Caller.Name);
        }
        OwnCookies.TakeSession(context);
        return HubPage.WriteSmallAsync(context, "Logged out", $"""<p>You are logged out here and of all machines. What runs, goes on running.</p><p><a class="button main" href="/login">Log in again</a></p>""");
    }

    private static Task FormAsync(HttpContext context, string next, string name, string? wrong, int status) => HubPage.WriteSmallAsync(context, "Log in", $"""
        {Html.If(wrong is not null, $"""<p class="wrong" role="alert">{wrong}</p>""")}
        <form method="post" action="/login"><input type="hidden" name="next" value="{next}">
        <label>Name<input name="name" value="{name}" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="32" required autofocus></label>
        <label>Password<input name="password" type="password" autocomplete="current-password" maxlength="{Passwords.Longest}" required></label>
        <button class="main">Log in</button></form>
        <p class="hint">No account, or the password is forgotten? An administrator makes you a link.</p>
        """, status);
}
