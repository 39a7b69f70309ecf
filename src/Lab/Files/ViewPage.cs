using Holdfast.Lab.Contents;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Files;

/// <summary><c>/view/PATH</c>: a file of the folder in a frame, under the lab's own address, for pages of the user's that are to be looked at.</summary>
internal static class ViewPage
{
    public const string Route = "/view";

    public static Task ShowAsync(HttpContext context, LabOptions options)
    {
        var response = context.Response;
        if (ContentsPath.Of(options, RequestTail.Of(context, Route)) is not { } path || !options.AllowHidden && path.IsHidden() || path.Status() is not { IsFile: true })
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }
        response.ContentType = "text/html; charset=UTF-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'self'; base-uri 'none'";
        return response.WriteAsync($$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>{{Page.Text(path.Name)}}</title>
            <style>html,body,iframe{margin:0;width:100%;height:100%;border:0}</style></head>
            <body><iframe sandbox="allow-scripts" title="{{Page.Text(path.Name)}}" src="{{Page.Text(BaseUrl.Of(context).To($"files/{path.Api}"))}}"></iframe></body></html>
            """, context.RequestAborted);
    }
}
