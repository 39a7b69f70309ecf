using Holdfast.Keeper.Client;
using Holdfast.Lab.Access;
using Holdfast.Lab.Contents;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Lab.Status;

/// <summary>What the lab says of itself: version, activity, who is logged in, its routes; and its end.</summary>
internal static class StatusFeature
{
    /// <summary>The release of jupyter_server whose surface this is: clients choose what they may ask by it.</summary>
    private const string JupyterVersion = "2.20.0";

    public static void MapStatus(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var options = services.GetRequiredService<LabOptions>();
        var activity = services.GetRequiredService<LabActivity>();

        Get("/api", VersionAsync).AllowEveryone();
        Get("/api/status", context => StatusAsync(context, activity, Kernels()));
        var identity = new Identity(new Profile(options));
        Get("/api/me", identity.ShowAsync);
        endpoints.MapMethods("/api/me", ["PATCH"], identity.ChangeAsync);
        Get("/lsp/status", context => ApiJson.WriteAsync(context, """{"version":2,"sessions":{},"specs":{}}"""u8.ToArray()));
        Get("/api/resolvePath", context => ResolveAsync(context, options, services.GetService<KeeperClient>()));
        Get("/api/spec.yaml", context => RouteList.ShowAsync(context, endpoints));
        Get("/metrics", context => Metrics.ShowAsync(context, activity));
        endpoints.MapMethods("/api/shutdown", ["POST"], context =>
        {
            var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
            context.Response.OnCompleted(() =>
            {
                lifetime.StopApplication();
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });

        IEndpointConventionBuilder Get(string route, RequestDelegate handle) => endpoints.MapMethods(route, ["GET", "HEAD"], handle);
        int Kernels() => services.GetService<KeeperClient>()?.Kernels.Count(kernel => kernel.Root == options.Root) ?? 0;
    }

    private static async Task VersionAsync(HttpContext context)
    {
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteString("version"u8, JupyterVersion);
        json.WriteEndObject();
    }

    private static async Task StatusAsync(HttpContext context, LabActivity activity, int kernels)
    {
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteNumber("connections"u8, activity.Connections);
        json.WriteNumber("kernels"u8, kernels);
        json.WriteString("last_activity"u8, ApiJson.Time(activity.Last));
        json.WriteString("started"u8, ApiJson.Time(activity.Started));
        json.WriteEndObject();
    }

    /// <summary>Finds the file that a traceback or a debugger names, in the root and seen from a kernel.</summary>
    private static async Task ResolveAsync(HttpContext context, LabOptions options, KeeperClient? keeper)
    {
        string? asked = context.Request.Query["path"];
        string? kernelId = context.Request.Query["kernel"];
        if (string.IsNullOrEmpty(asked))
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, "Missing argument path");
            return;
        }
        var home = options.Environment.GetValueOrDefault("HOME") ?? "/";
        var path = asked == "~" || asked.StartsWith("~/", StringComparison.Ordinal) ? home + asked[1..] : asked;
        var inRoot = Path.IsPathRooted(path) ? Path.GetRelativePath(options.Root, Path.GetFullPath(path)) : path;
        var kernel = kernelId is null ? null : keeper?.Find(kernelId);
        var seen = kernel is null ? null : Path.GetFullPath(path, kernel.WorkingFolder);

        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteStartArray("resolved"u8);
        if (ContentsPath.Parse(options.Root, inRoot) is { } found && found.Status() is not null)
            Write("server", found.Api);
        if (seen is not null && Path.Exists(seen))
            Write("kernel", seen);
        json.WriteEndArray();
        if (kernelId is not null && kernel is null)
        {
            json.WriteStartArray("unresolved"u8);
            json.WriteStartObject();
            json.WriteString("scope"u8, "kernel"u8);
            json.WriteString("reason"u8, $"Kernel {kernelId} could not be found");
            json.WriteEndObject();
            json.WriteEndArray();
        }
        json.WriteEndObject();

        void Write(string scope, string where)
        {
            json.WriteStartObject();
            json.WriteString("scope"u8, scope);
            json.WriteString("path"u8, where);
            json.WriteEndObject();
        }
    }
}
