using System.Security.Cryptography;
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
    /// <param name="refresh">Whether it is loaded again every two seconds.</param>
    public static Task WriteAsync(HttpContext context, string title, Html body, int status = StatusCodes.Status200OK, bool refresh = false)
    {
        var caller = context.Caller();
        string path = context.Request.Path;
        Html Link(string to, string text) => $"""<a href="{to}"{Html.If(path == to, Html.Trusted(" aria-current=\"page\""))}>{text}</a>""";
        return SendAsync(context, title, $"""
            <body><div class="bar"><div><a class="brand" href="/" aria-label="Holdfast">{Style.Mark}Holdfast</a><nav class="do" aria-label="Hub">{Link("/", "Machines")} {Html.If(caller.IsAdmin, Link("/people", "People"))} {Link("/account", caller.Name)}</nav>
            <form method="post" action="/logout"><button>Log out</button></form></div></div><main>{body}</main></body>
            """, Html.If(refresh, Refresh), null, status);
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

    /// <summary>What is wrong, as a page.</summary>
    public static Task WriteFaultAsync(HttpContext context, HubFault fault)
    {
        Html body = $"""<p>{fault.Message}</p><p><a href="/">All machines</a></p>""";
        var title = fault.Status switch { 404 => "Not found", 403 => "Not yours", 409 => "That does not go together", 429 => "Too many tries", 503 => "Not now", _ => "That does not work" };
        return context.FindCaller() is null ? WriteSmallAsync(context, title, body, fault.Status) : WriteAsync(context, title, $"""<div class="head"><h1>{title}</h1></div><section>{body}</section>""", fault.Status);
    }

    private static Task SendAsync(HttpContext context, string title, Html body, Html head, string? script, int status)
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
            $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; img-src data:; form-action 'self' {hosts?.AddressFor(request, "*")}; frame-ancestors 'none'; base-uri 'none'";
        Html page = $"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <title>{title} – Holdfast</title><link rel="icon" href="data:,">{head}<style nonce="{nonce}">{Style.Sheet}</style></head>
            {body}{Html.If(script is not null, $"""<script nonce="{nonce}">{Html.Trusted(script ?? "")}</script>""")}</html>
            """;
        return response.WriteAsync(page.ToString(), context.RequestAborted);
    }
}
