using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Http;

/// <summary>Our own small pages: login, errors, notices. JupyterLab brings its own.</summary>
internal static class Page
{
    private const string Style = """
        :root{color-scheme:light dark;--ink:#16242b;--paper:#f4f7f7;--card:#fff;--line:#c9d6d8;--accent:#0b7285}
        @media(prefers-color-scheme:dark){:root{--ink:#dfeaec;--paper:#10181b;--card:#182327;--line:#33464c;--accent:#4cc2d3}}
        body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
        main{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:2rem;width:min(28rem,calc(100vw - 6rem))}
        header{display:flex;gap:.75rem;align-items:center;margin-bottom:1rem}header svg{width:2.25rem;height:2.25rem;color:var(--accent)}
        h1{font-size:1.25rem;margin:0}label{display:block;font-weight:600;margin-bottom:.25rem}
        input{box-sizing:border-box;width:100%;font:inherit;padding:.5rem .75rem;border:1px solid var(--line);border-radius:8px;background:var(--paper);color:inherit}
        button{font:inherit;font-weight:600;margin-top:1rem;padding:.5rem 1.25rem;border:0;border-radius:8px;background:var(--accent);color:var(--card);cursor:pointer}
        a{color:var(--accent)}.wrong{color:#c92a2a;font-weight:600}pre,code{font:14px ui-monospace,monospace}pre{overflow:auto}
        """;

    /// <summary>Our mark: an anchoring root over a line of water.</summary>
    public const string Mark = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"><circle cx="16" cy="5.5" r="3"/><path d="M16 8.5V27M10 13.5h12M16 27C9.5 27 5 23 4 17.5M16 27c6.5 0 11-4 12-9.5M16 22c-3 0-5-1.5-5.8-4M16 22c3 0 5-1.5 5.8-4"/></svg>
        """;

    /// <summary>Text, made safe for HTML.</summary>
    public static string Text(string? text) => HtmlEncoder.Default.Encode(text ?? "");

    /// <summary>Answers with a page. <paramref name="body"/> is HTML.</summary>
    public static Task WriteAsync(HttpContext context, string title, string body, int status = StatusCodes.Status200OK)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'";
        return response.WriteAsync($"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
            <title>{Text(title)} – Holdfast</title><link rel="icon" href="{Text(BaseUrl.Of(context).Prefix)}favicon.svg"><style>{Style}</style></head>
            <body><main><header>{Mark}<h1>{Text(title)}</h1></header>{body}</main></body></html>
            """, context.RequestAborted);
    }
}
