using System.Security.Cryptography;
using Holdfast.Hub.Api;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary>The pages of the hub: plain HTML that works without script.</summary>
internal static class HubPage
{
    private static readonly Html Refresh = Html.Trusted("""<meta http-equiv="refresh" content="2">""");

    /// <summary>Answers with a page of the person who is logged in.</summary>
    /// <param name="context">The request.</param>
    /// <param name="title">Its title.</param>
    /// <param name="body">What stands on it.</param>
    /// <param name="status">The status.</param>
    /// <param name="refresh">Whether it is loaded again every two seconds where scripts do not run.</param>
    public static Task WriteAsync(HttpContext context, string title, Html body, int status = StatusCodes.Status200OK, bool refresh = false)
    {
        var script = (context.RequestServices.GetService(typeof(LiveFeed)) as LiveFeed)?.ScriptAddress;
        return SendAsync(context, title, $"""{Frame(context)}{body}</main>{Html.If(script is not null, $"""<script src="{script}"></script>""")}</body>""",
            Html.If(refresh, script is null ? Refresh : $"<noscript>{Refresh}</noscript>"), null, status);
    }

    /// <summary>Answers with a page that grows while something goes on, a line at a time; without a script.</summary>
    /// <param name="context">The request.</param>
    /// <param name="title">Its title.</param>
    /// <param name="begin">What stands before the lines.</param>
    /// <param name="work">What goes on: says lines, and gives what stands after them.</param>
    public static async Task StreamAsync(HttpContext context, string title, Html begin, Func<IProgress<string>, Task<Html>> work)
    {
        await SendAsync(context, title, $"{Frame(context)}{begin}", Html.Empty, null, StatusCodes.Status200OK, isWhole: false);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        var working = new LineWork<Html>(work);
        await foreach (var line in working.ReadAsync(context.RequestAborted))
        {
            Html text = $"{line}\n";
            await context.Response.WriteAsync(text.ToString(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
        await context.Response.WriteAsync($"{await working.Result}</main></body></html>", context.RequestAborted);
    }

    /// <summary>What stands around every page, up to the beginning of its main part.</summary>
    private static Html Frame(HttpContext context)
    {
        var caller = context.Caller();
        var path = context.Request.Path.Value ?? "/";
        return $"""
            <body class="wide"><a class="skip" href="#content">To the content</a><div class="side"><a class="brand" href="/">{Style.Mark}Holdfast</a>
            <nav aria-label="Hub">{Link("/", Icons.Machines, "Machines")}{Link("/jobs", Icons.Jobs, "Jobs")}{Link("/runs", Icons.Runs, "Runs")}{Link("/storage", Icons.Storage, "Storage")}{Link("/images", Icons.Images, "Images")}{Link("/costs", Icons.Costs, "Costs")}{Link("/events", Icons.Events, "Events")}{Html.If(caller.IsAdmin, Link("/people", Icons.People, "People"))}{Html.If(caller.IsAdmin, Link("/doctor", Icons.Doctor, "Doctor"))}{Link("/account", Icons.Account, caller.Name)}</nav>
            <form method="post" action="/logout"><button>Log out</button></form></div><main id="content" tabindex="-1">
            """;

        Html Link(string to, Html icon, string text) => $"""<a href="{to}"{Html.If(to == "/" ? path == "/" || path.StartsWith("/machines", StringComparison.Ordinal) : path.StartsWith(to, StringComparison.Ordinal), Html.Trusted(" aria-current=\"page\""))}>{icon}{text}</a>""";
    }

    /// <summary>Answers with a small page: a form, a notice.</summary>
    /// <param name="context">The request.</param>
    /// <param name="title">Its title and heading.</param>
    /// <param name="body">What stands on it.</param>
    /// <param name="status">The status.</param>
    /// <param name="refresh">Whether it is loaded again every two seconds where scripts do not run.</param>
    /// <param name="script">A script of ours; null for none.</param>
    public static Task WriteSmallAsync(HttpContext context, string title, Html body, int status = StatusCodes.Status200OK, bool refresh = false, string? script = null) => SendAsync(context, title, $"""
        <body class="small"><main><section><header>{Style.Mark}<h1>{title}</h1></header>{body}</section></main></body>
        """, Html.If(refresh, script is null ? Refresh : $"<noscript>{Refresh}</noscript>"), script, status);

    /// <summary>What is wrong, on a page.</summary>
    public static Html Wrong(string message) => $"""<p class="wrong" role="alert">{message}</p>""";

    /// <summary>What is wrong, as a page.</summary>
    public static Task WriteFaultAsync(HttpContext context, HubFault fault)
    {
        Html body = $"""<p>{fault.Message}</p><p><a href="/">All machines</a></p>""";
        var title = fault.Status switch { 404 => "Not found", 403 => "Not yours", 409 => "That does not go together", 429 => "Too many tries", 503 => "Not now", _ => "That does not work" };
        return context.FindCaller() is null ? WriteSmallAsync(context, title, body, fault.Status) : WriteAsync(context, title, $"""<div class="head"><h1>{title}</h1></div><section>{body}</section>""", fault.Status);
    }

    private static Task SendAsync(HttpContext context, string title, Html body, Html head, string? script, int status, bool isWhole = true)
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var request = context.Request;
        var hosts = context.RequestServices.GetService(typeof(HubHosts)) as HubHosts;
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        // A form's redirects count as well: a login leads on to a machine.
        response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'self' 'nonce-{nonce}'; connect-src 'self'; img-src 'self' data:; form-action 'self' {hosts?.AddressFor(request, "*")}; frame-ancestors 'none'; base-uri 'none'";
        Html page = $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <meta name="color-scheme" content="light dark"><title>{title} – Holdfast</title><link rel="icon" href="data:,">{head}{Html.If(!request.Headers.ContainsKey("X-Live"), $"""<style nonce="{nonce}">{Style.Sheet}</style>""")}</head>
            {body}{Html.If(script is not null, $"""<script nonce="{nonce}">{Html.Trusted(script ?? "")}</script>""")}{Html.If(isWhole, Html.Trusted("</html>"))}
            """;
        return response.WriteAsync(page.ToString(), context.RequestAborted);
    }
}
