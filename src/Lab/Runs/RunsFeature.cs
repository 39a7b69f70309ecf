using System.Text.Json;
using Holdfast.Lab.Http;
using Holdfast.Lab.Kernels;
using Holdfast.Lab.Recording;
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
        endpoints.MapMethods("/api/runs/{kernel}/notice", ["PUT", "DELETE"], NoticeAsync);
    }

    private static async Task ListAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var runs = await services.GetRequiredService<RunList>().ReadAsync(context.RequestAborted);
        var notices = services.GetRequiredService<RunNotices>();
        await using var json = ApiJson.Begin(context);
        json.WriteStartArray();
        foreach (var run in runs)
            run.Write(json, notices.Tells(run.Kernel.Id));
        json.WriteEndArray();
    }

    /// <summary>PUT <c>{"url"}</c>: that address gets a POST when the kernel has nothing left to do; DELETE: not any more.</summary>
    private static async Task NoticeAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["kernel"]!;
        if (context.RequestServices.GetRequiredService<LabKernels>().Find(id) is null)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status404NotFound, $"Kernel does not exist: {id}");
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

/// <summary>What the kernels of this folder do.</summary>
internal sealed class RunList(LabKernels kernels, Recorder recorder, ProcessMeter meter)
{
    /// <summary>All of them: what is at work first, then what was at work last.</summary>
    public async Task<IReadOnlyList<RunState>> ReadAsync(CancellationToken cancellationToken)
    {
        var all = kernels.All.ToList();
        var usage = await meter.ReadAsync([.. all.Select(kernel => kernel.ProcessId).OfType<int>()], cancellationToken);
        return [.. all
            .Select(kernel => new RunState(kernel, recorder.RunningOf(kernel.Id), kernel.ProcessId is { } process && usage.TryGetValue(process, out var used) ? used : null))
            .OrderByDescending(run => run.IsBusy)
            .ThenByDescending(run => run.Cell?.LastOutput ?? run.Cell?.Started ?? run.Kernel.Started)];
    }
}
