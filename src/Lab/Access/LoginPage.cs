using System.Globalization;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Access;

/// <summary><c>/login</c> and <c>/logout</c>.</summary>
internal sealed class LoginPage(Credentials credentials, LoginLimiter limiter, ILogger<LoginPage> log)
{
    /// <summary>In the query of the login page: the link that led here had a token, and it was wrong.</summary>
    public const string WrongToken = "wrong=token";

    public Task ShowAsync(HttpContext context)
    {
        var next = NextUrl.Safe(context.Request.Query["next"], BaseUrl.Of(context).Prefix);
        // No redirect: VS Code comes here for its _xsrf cookie whether there is a login or not.
        if (credentials.Open)
            return Page.WriteAsync(context, "No login", $"""<p>This lab asks nobody to log in. <a href="{Page.Text(next)}">Open it</a></p>""");
        if (Caller.Of(context).LoggedIn)
        {
            context.Response.Redirect(next);
            return Task.CompletedTask;
        }
        return FormAsync(context, next, context.Request.Query["wrong"] == "token" ? "The token in the link is not this lab's." : null, StatusCodes.Status200OK);
    }

    public async Task SubmitAsync(HttpContext context)
    {
        var form = await LoginForm.ReadAsync(context);
        string? asked = context.Request.Query["next"];
        var next = NextUrl.Safe(asked ?? form?["next"], BaseUrl.Of(context).Prefix);
        string password = form?["password"].ToString() ?? "";
        if (form is null || password.Length > PasswordHash.LongestPassword)
        {
            await FormAsync(context, next, "That is longer than any password here.", StatusCodes.Status413PayloadTooLarge);
            return;
        }
        var address = context.Connection.RemoteIpAddress;
        if (limiter.Take(address) is { } wait)
        {
            var seconds = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers.RetryAfter = seconds;
            await FormAsync(context, next, $"Too many wrong tries. Try again in {seconds} seconds.", StatusCodes.Status429TooManyRequests);
            return;
        }
        if (!credentials.Open && !credentials.IsToken(password) && !credentials.IsPassword(password))
        {
            AccessLog.WrongPassword(log, address);
            await FormAsync(context, next, credentials.HasPassword ? "That is not the password." : "That is not the token.", StatusCodes.Status401Unauthorized);
            return;
        }
        limiter.Forget(address);
        LoginCookie.Give(context, credentials);
        context.Response.Redirect(next);
    }

    public static Task LogoutAsync(HttpContext context)
    {
        LoginCookie.Take(context);
        return Page.WriteAsync(context, "Logged out", $"""<p>Successfully logged out. What runs, goes on running. <a href="{Page.Text(BaseUrl.Of(context).Prefix)}login">Log in again</a></p>""");
    }

    private Task FormAsync(HttpContext context, string next, string? wrong, int status)
    {
        var what = credentials.HasPassword ? "Password or token" : "Token";
        var hint = credentials.HasPassword ? "" : "<p>The token stands in the link that <code>holdfast lab</code> printed when it started.</p>";
        return Page.WriteAsync(context, "Log in", $"""
            {(wrong is null ? "" : $"""<p class="wrong" role="alert">{Page.Text(wrong)}</p>""")}
            <form method="post" action="{Page.Text(BaseUrl.Of(context).Prefix)}login?next={Page.Text(Uri.EscapeDataString(next))}">
            <input type="hidden" name="_xsrf" value="{Page.Text(Xsrf.Ensure(context))}">
            <label for="password">{what}</label>
            <input id="password" name="password" type="password" autocomplete="current-password" maxlength="{PasswordHash.LongestPassword}" autofocus required>
            <button>Log in</button></form>{hint}
            """, status);
    }
}
