using System.Globalization;
using Holdfast.Hub.Activity;
using Holdfast.Hub.People;
using Holdfast.Hub.Ssh;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/account</c>: password, sessions, tokens, secrets and keys of who is logged in.</summary>
internal sealed class AccountPage(Persons persons, Sessions sessions, Tokens tokens, SecretStore secrets, LoginLimiter limiter, Webhooks webhooks, SshKeys keys, HomeKeys home, HomeKeyTrial trial, KeysPart keysPart, TimeProvider time)
{
    public Task ShowAsync(HttpContext context) => WriteAsync(context, Html.Empty);

    public async Task ChangePasswordAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        var login = Logins.Of(context);
        var name = login.Caller.Name;
        var password = form?["password"].ToString() ?? "";
        if (limiter.Take(name, context.ClientAddress()) is not null) await WrongAsync(context, "Too many wrong tries. Try again in a minute.", StatusCodes.Status429TooManyRequests);
        else if (persons.Check(name, form?["old"].ToString() ?? "") is null) await WrongAsync(context, "That is not your password.", StatusCodes.Status403Forbidden);
        else if (password != form?["again"].ToString()) await WrongAsync(context, "The two new passwords are not the same.", StatusCodes.Status400BadRequest);
        else
        {
            limiter.Forget(name, context.ClientAddress());
            await DoneAsync(context, persons.SetPassword(name, password, login.IsToken ? null : login.Hash));
        }
    }

    public async Task EndSessionAsync(HttpContext context)
    {
        sessions.End(context.Caller().Name, (await Forms.ReadAsync(context)).Field("id"));
        context.SeeOther("/account");
    }

    /// <summary>The one answer that shows the token: it is not redirected, and loading it again asks first.</summary>
    public async Task CreateTokenAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        TimeSpan? lifetime = int.TryParse(form.Field("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 0 and <= 3650 ? TimeSpan.FromDays(days) : null;
        var made = tokens.Create(context.Caller(), form.Field("name"), form.Field("scope"), lifetime);
        if (made.Ok) await WriteAsync(context, $"""<div class="said" role="status"><p>Your new token. It is shown this once; copy it now.</p><pre tabindex="0">{made.Value.Shown}</pre></div>""");
        else await WrongAsync(context, made.Fault.Message, made.Fault.Status);
    }

    public async Task RevokeTokenAsync(HttpContext context) => await DoneAsync(context, tokens.Revoke(context.Caller(), (await Forms.ReadAsync(context)).Field("id")));

    public async Task SetSecretAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        await DoneAsync(context, secrets.Set(context.Caller(), form.Field("name"), form?["value"].ToString() ?? ""));
    }

    public async Task SetWebhookAsync(HttpContext context) => await DoneAsync(context, webhooks.Set(context.Caller(), (await Forms.ReadAsync(context)).Field("url") is { Length: > 0 } url ? url : null));

    public async Task RemoveSecretAsync(HttpContext context) => await DoneAsync(context, secrets.Remove(context.Caller(), (await Forms.ReadAsync(context)).Field("name")));

    public async Task AddKeyAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        await DoneAsync(context, keys.Add(context.Caller(), form?["key"].ToString() ?? "", form.Field("name") is { Length: > 0 } name ? name : null));
    }

    public async Task RemoveKeyAsync(HttpContext context) => await DoneAsync(context, keys.Remove(context.Caller(), (await Forms.ReadAsync(context)).Field("id")));

    public async Task AddHomeKeyAsync(HttpContext context)
    {
        var form = await Forms.ReadAsync(context);
        await DoneAsync(context, await home.AddAsync(context.Caller(), form.Field("name"), form?["key"].ToString() is { Length: > 0 } text ? text : null, context.RequestAborted));
    }

    public async Task TestHomeKeyAsync(HttpContext context)
    {
        var host = (await Forms.ReadAsync(context)).Field("host");
        var answer = await trial.RunAsync(context.Caller(), host, context.RequestAborted);
        if (!answer.Ok) await WrongAsync(context, answer.Fault.Message, answer.Fault.Status);
        else await WriteAsync(context, $"""<div class="said" role="status"><p>{host} {(answer.Value.LoggedIn ? "lets you in" : "does not let you in, or was not reached,")} from {answer.Value.Machine}. It says:</p><pre tabindex="0">{answer.Value.Said}</pre></div>""");
    }

    private async Task DoneAsync<T>(HttpContext context, HubResult<T> result)
    {
        if (result.Ok) context.SeeOther("/account");
        else await WrongAsync(context, result.Fault.Message, result.Fault.Status);
    }

    private Task WrongAsync(HttpContext context, string message, int status) => WriteAsync(context, HubPage.Wrong(message), status);

    private async Task WriteAsync(HttpContext context, Html said, int status = StatusCodes.Status200OK)
    {
        var login = Logins.Of(context);
        var name = login.Caller.Name;
        var here = login.IsToken ? "" : Sessions.IdOf(login.Hash);
        var now = time.GetUtcNow();
        await HubPage.WriteAsync(context, "Account", $"""
            <div class="head"><h1>{name}</h1><span class="state">{(login.Caller.IsAdmin ? "administrator" : "member")}</span></div>{said}
            <section><h2>Secrets</h2><p class="hint">Values for your machines, as variables: name them when you make a machine. They are stored encrypted, and never shown again.</p>
            {Table(["Name", "Set", ""], secrets.List(name).Select(secret => Row($"<code>{secret.Name}</code>", $"{Words.Ago(secret.Changed, now)}", Button("/account/secrets/remove", "name", secret.Name, "Remove"))))}
            <details><summary>Set a secret</summary><form method="post" action="/account/secrets"><label>Name<input name="name" required pattern="[A-Za-z_][A-Za-z0-9_]*" maxlength="100" placeholder="HF_TOKEN" autocomplete="off" autocapitalize="none" spellcheck="false"></label>
            <label>Value<textarea name="value" required autocomplete="off" spellcheck="false"></textarea></label><button class="main">Set</button></form></details></section>
            <section><h2>Tokens</h2><p class="hint">For programs: the command line on another computer, VS Code, scripts.</p>
            {Table(["Name", "Scope", "Last used", "Ends", ""], tokens.List(name).Select(token => Row($"{token.Name}", $"{token.Scope}", $"{(token.Seen is { } seen ? Words.Ago(seen, now) : "never")}", $"{Day(token.Expires)}", Button("/account/tokens/revoke", "id", token.Id, "Revoke"))))}
            <details><summary>Make a token</summary><form method="post" action="/account/tokens"><div class="columns"><label>Name<input name="name" required maxlength="80" placeholder="laptop" autocomplete="off"></label>
            <label>May<select name="scope"><option value="all">do all that you may</option><option value="read">only look</option></select></label>
            <label>Good for<select name="days"><option value="90">90 days</option><option value="365">a year</option><option value="0">ever, until revoked</option></select></label></div><button class="main">Make</button></form></details></section>
            {await keysPart.ShowAsync(context, name)}
            <section><h2>Be told</h2><p class="hint">When a run ends or fails, and when a machine stops by itself, this address gets a POST with the words in <code>text</code>, as chat services take it.</p><form class="inline" method="post" action="/account/webhook"><label>Webhook<input name="url" type="url" value="{webhooks.Of(name)}" size="40" placeholder="https://…" autocomplete="off"></label><button>Save</button></form></section>
            <section><h2>Where you are logged in</h2>
            {Table(["Browser", "Since", "Last used", ""], sessions.List(name).Select(session => Row($"{About(session.About)}{Html.If(session.Id == here, Html.Trusted(" <b>(here)</b>"))}", $"{Words.Ago(session.Created, now)}", $"{Words.Ago(session.Seen, now)}", session.Id == here ? Html.Empty : Button("/account/sessions/end", "id", session.Id, "End"))))}</section>
            <section><h2>Password</h2><details><summary>Change the password</summary><p class="hint">Ends all your other sessions.</p><form method="post" action="/account/password"><input name="username" value="{name}" autocomplete="username" hidden>
            <div class="columns"><label>Now<input name="old" type="password" autocomplete="current-password" maxlength="{Passwords.Longest}" required></label>
            <label>New<input name="password" type="password" autocomplete="new-password" minlength="{Passwords.Shortest}" maxlength="{Passwords.Longest}" required></label>
            <label>New again<input name="again" type="password" autocomplete="new-password" minlength="{Passwords.Shortest}" maxlength="{Passwords.Longest}" required></label></div><button class="main">Change</button></form></details></section>
            """, status);
    }

    /// <summary>A table; nothing when it has no rows.</summary>
    internal static Html Table(IEnumerable<string> heads, IEnumerable<Html> rows) => rows.ToArray() is { Length: > 0 } all
        ? (Html)$"""<div class="scroll" tabindex="0"><table><thead><tr>{heads.Select(head => (Html)$"""<th scope="col">{head}</th>""")}</tr></thead><tbody>{all}</tbody></table></div>"""
        : Html.Empty;

    internal static Html Row(params Html[] cells) => $"<tr>{cells.Select(cell => (Html)$"<td>{cell}</td>")}</tr>";

    internal static Html Button(string action, string field, string value, string label) =>
        $"""<form method="post" action="{action}"><input type="hidden" name="{field}" value="{value}"><button aria-label="{label} {value}">{label}</button></form>""";

    private static string Day(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "never";

    /// <summary>What a browser says of itself, short.</summary>
    private static string About(string agent)
    {
        var browser = new[] { ("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari") }.FirstOrDefault(known => agent.Contains(known.Item1, StringComparison.Ordinal)).Item2;
        var system = new[] { ("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux") }.FirstOrDefault(known => agent.Contains(known.Item1, StringComparison.Ordinal)).Item2;
        return (browser, system) switch { (null, null) => agent.Length == 0 ? "A program" : agent, (var b, null) => b, (null, var s) => s, var (b, s) => $"{b} on {s}" };
    }
}
