using System.Text.Json;
using Holdfast.Keeper.Client;
using Holdfast.Lab.Http;
using Holdfast.Lab.Terminals;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Lab.Runs;

/// <summary>The run panel: <c>/runs</c>, made for a phone, shows what runs in this folder; <c>/api/runs</c> says the same to programs.</summary>
internal static class RunsFeature
{
    public static IServiceCollection AddRuns(this IServiceCollection services) => services
        .AddSingleton<GpuMeter>()
        .AddSingleton<ProcessMeter>()
        .AddSingleton<RunList>()
        .AddSingleton<RunNotices>()
        .AddSingleton<IHostedService>(provider => provider.GetRequiredService<RunNotices>());

    public static void MapRuns(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/runs", ["GET", "HEAD"], RunsPage.ShowAsync);
        endpoints.MapMethods("/api/runs", ["GET"], ListAsync);
        endpoints.MapMethods("/api/runs/{kernel}/notice", ["PUT", "DELETE"], context => NoticeAsync(context, Route(context, "kernel")));
        endpoints.MapMethods("/api/runs/terminals/{name}/notice", ["PUT", "DELETE"], context => NoticeAsync(context, TerminalRun.IdPrefix + Route(context, "name")));
        endpoints.MapMethods("/api/runs/terminals/{name}/interrupt", ["POST"], InterruptAsync);
    }

    private static async Task ListAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var runs = await services.GetRequiredService<RunList>().ReadAsync(context.RequestAborted);
        var notices = services.GetRequiredService<RunNotices>();
        await using var json = ApiJson.Begin(context);
        json.WriteStartArray();
        foreach (var run in runs)
            run.Write(json, notices.Tells(run.Id));
        json.WriteEndArray();
    }

    private static string Route(HttpContext context, string name) => (string)context.Request.RouteValues[name]!;

    /// <summary>Ctrl-C in a terminal: what runs in its foreground gets SIGINT, unless it reads keys as they are.</summary>
    private static async Task InterruptAsync(HttpContext context)
    {
        var name = Route(context, "name");
        if (context.RequestServices.GetRequiredService<LabTerminals>().Find(name) is null)
            await TerminalEndpoints.NotFoundAsync(context, name);
        else if (await context.RequestServices.GetRequiredService<KeeperClient>().TypeAsync(name, "\x03"u8.ToArray(), context.RequestAborted))
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        else
            await ApiError.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "The keeper does not answer right now; nothing was interrupted.");
    }

    /// <summary>PUT <c>{"url"}</c>: that address gets a POST when the kernel or terminal has nothing left to do; DELETE: not any more.</summary>
    private static async Task NoticeAsync(HttpContext context, string id)
    {
        if (context.RequestServices.GetRequiredService<RunList>().Find(id) is null)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status404NotFound, $"No kernel or terminal runs here that is called {id}");
            return;
        }
        string? address = null;
        if (HttpMethods.IsPut(context.Request.Method))
        {
            using var body = await ApiJson.ReadObjectAsync(context);
            if (body is null)
                return;
            address = body.RootElement.TryGetProperty("url"u8, out var url) && url.ValueKind == JsonValueKind.String ? url.GetString() : null;
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            {
                await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, "url must be an address that begins with http:// or https://");
                return;
            }
        }
        context.RequestServices.GetRequiredService<RunNotices>().Set(id, address);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
