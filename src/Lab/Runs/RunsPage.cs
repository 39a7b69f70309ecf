using System.Security.Cryptography;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Runs;

/// <summary>The page <c>/runs</c>. It asks <c>/api/runs</c> again and again; without script it says where else to look.</summary>
internal static class RunsPage
{
    private static readonly Lazy<string> Style = new(() => Resource("runs.css"));
    private static readonly Lazy<string> Script = new(() => Resource("runs.js"));

    public static Task ShowAsync(HttpContext context)
    {
        var prefix = Page.Text(BaseUrl.Of(context).Prefix);
        var folder = Page.Text(Path.GetFileName(Path.TrimEndingDirectorySeparator(context.RequestServices.GetRequiredService<LabOptions>().Root)));
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = $"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self'; img-src 'self'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";
        return response.WriteAsync($"""
            <!doctype html>
            <html lang="en" data-base="{prefix}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <title>Runs – {folder}</title><link rel="icon" href="{prefix}favicon.svg"><style nonce="{nonce}">{Style.Value}</style></head>
            <body><header>{Page.Mark}<div><h1>Runs</h1><p>{folder}</p></div><a href="{prefix}lab">Open the lab</a></header>
            <p id="summary" role="status" aria-live="polite">…</p><main id="runs"></main>
            <details><summary>Tell a chat, too</summary><label>Address that gets a POST when a run ends <input id="hook" type="url" placeholder="https://…" autocomplete="off"></label>
            <p>“Tell me” then tells this address as well, whether this page is open or not. It is kept in this browser.</p></details>
            <noscript><p>This page needs scripts; <code>holdfast ls</code> on the machine shows what runs.</p></noscript>
            <script nonce="{nonce}">{Script.Value}</script></body></html>
            """, context.RequestAborted);
    }

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(RunsPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
