using Holdfast.Lab.Access;
using Holdfast.Lab.Http;
using Holdfast.Lab.Jupyter;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Pages;

/// <summary>JupyterLab's page and the files it loads.</summary>
internal static class PagesFeature
{
    private static readonly string[] Read = ["GET", "HEAD"];

    public static IServiceCollection AddPages(this IServiceCollection services) => services
        .AddSingleton<JupyterFolders>()
        .AddSingleton<LabExtensions>()
        .AddSingleton<PageConfig>()
        .AddSingleton<LabPage>();

    public static void MapPages(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var options = services.GetRequiredService<LabOptions>();
        var baseUrl = services.GetRequiredService<BaseUrl>();
        var page = services.GetRequiredService<LabPage>();
        var extensions = services.GetRequiredService<LabExtensions>();

        foreach (var route in (string[])["/lab", "/lab/tree/{**path}", "/lab/workspaces/{**path}", "/doc", "/doc/tree/{**path}", "/doc/workspaces/{**path}"])
            endpoints.MapMethods(route, Read, page.ShowAsync);
        Redirect("/", "lab");
        Redirect("/tree/{**path}", "lab/tree");
        // As Notebook 7: one document in a tab of the browser.
        Redirect("/notebooks/{**path}", "doc/tree");
        Redirect("/edit/{**path}", "doc/tree");

        var files = new[] { Path.Join(options.AssetsFolder, "static") };
        endpoints.MapMethods("/static/lab/{**path}", Read, context =>
            AssetFiles.SendAsync(context, files, RequestTail.Of(context, "/static/lab"), immutable: true)).AllowEveryone();
        endpoints.MapMethods("/lab/extensions/{**path}", Read, context =>
        {
            var tail = RequestTail.Of(context, "/lab/extensions");
            var immutable = tail.Contains("/static/", StringComparison.Ordinal) && !tail.EndsWith("/static/style.js", StringComparison.Ordinal);
            return AssetFiles.SendAsync(context, extensions.Roots, tail, immutable);
        });
        foreach (var name in (string[])["/favicon.svg", "/favicon.ico"])
            endpoints.MapMethods(name, Read, SendMarkAsync).AllowEveryone();

        void Redirect(string route, string to) => endpoints.MapMethods(route, Read, context =>
        {
            var tail = context.GetRouteValue("path") is string { Length: > 0 } path ? "/" + path : "";
            context.Response.Redirect(baseUrl.To((tail.Length == 0 ? "lab" : to) + tail) + context.Request.QueryString.ToUriComponent());
            return Task.CompletedTask;
        });
    }

    private static Task SendMarkAsync(HttpContext context)
    {
        context.Response.ContentType = "image/svg+xml";
        context.Response.Headers.CacheControl = "public, max-age=86400";
        return context.Response.WriteAsync(Page.Mark.Replace("currentColor", "#0b7285", StringComparison.Ordinal), context.RequestAborted);
    }
}
