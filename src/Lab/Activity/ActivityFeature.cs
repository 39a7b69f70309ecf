using System.Text.Json;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Activity;

/// <summary><c>/api/activity</c>: what keeps this machine at work and when a person last did something, for the hub that stops machines which nobody uses; and the hub's warning before it does.</summary>
internal static class ActivityFeature
{
    private const int LongestText = 500;

    public static IServiceCollection AddActivity(this IServiceCollection services) => services
        .AddSingleton<ActivityLook>()
        .AddSingleton<StopWarning>()
        .AddTransient<MachineProcesses>();

    public static void MapActivity(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods("/api/activity", ["GET"], ShowAsync);
        endpoints.MapMethods("/api/activity/warning", ["POST"], WarnAsync);
        endpoints.MapMethods("/api/activity/warning", ["DELETE"], WithdrawAsync);
    }

    private static async Task ShowAsync(HttpContext context)
    {
        var work = context.RequestServices.GetRequiredService<ActivityLook>().Take();
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteString("time"u8, ApiJson.Time(work.Time));
        json.WriteString("last_input"u8, work.LastInput is { } last ? ApiJson.Time(last) : null);
        json.WriteStartArray("busy"u8);
        foreach (var thing in work.Busy)
            thing.Write(json);
        json.WriteEndArray();
        json.WriteNumber("cpu_seconds"u8, work.Processes.CpuSeconds);
        json.WriteNumber("work_seconds"u8, work.Processes.WorkSeconds);
        json.WriteString("busiest"u8, work.Processes.Busiest);
        json.WriteNumber("memory"u8, work.Processes.Memory);
        json.WriteStartObject("warning"u8);
        context.RequestServices.GetRequiredService<StopWarning>().Write(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static async Task WarnAsync(HttpContext context)
    {
        using var body = await ApiJson.ReadObjectAsync(context);
        if (body is null)
            return;
        if (!body.RootElement.TryGetProperty("text"u8, out var text) || text is not { ValueKind: JsonValueKind.String } || text.GetString() is not { Length: > 0 and <= LongestText } said)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, $"text is a text of 1 to {LongestText} characters");
            return;
        }
        var until = body.RootElement.TryGetProperty("until"u8, out var time) && time.ValueKind == JsonValueKind.String && time.TryGetDateTimeOffset(out var at) ? at : (DateTimeOffset?)null;
        context.RequestServices.GetRequiredService<StopWarning>().Say(said, until);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task WithdrawAsync(HttpContext context)
    {
        context.RequestServices.GetRequiredService<StopWarning>().Withdraw();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
