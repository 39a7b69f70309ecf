using System.Text.Json;
using Holdfast.Lab.Http;
using Holdfast.Lab.Http.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Lab.Events;

/// <summary><c>/api/events</c>: clients tell of events and hear of them.</summary>
internal static class EventsFeature
{
    public static IServiceCollection AddEvents(this IServiceCollection services) => services.AddSingleton<LabEvents>();

    public static void MapEvents(this IEndpointRouteBuilder endpoints)
    {
        var events = endpoints.ServiceProvider.GetRequiredService<LabEvents>();
        var lifetime = endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>();
        endpoints.MapMethods("/api/events", ["POST"], context => EmitAsync(context, events));
        endpoints.MapMethods("/api/events/subscribe", ["GET"], context => SubscribeAsync(context, events, lifetime.ApplicationStopping));
    }

    private static async Task EmitAsync(HttpContext context, LabEvents events)
    {
        using var body = await ApiJson.ReadObjectAsync(context);
        if (body is null)
            return;
        var root = body.RootElement;
        foreach (var key in (string[])["schema_id", "version", "data"])
            if (!root.TryGetProperty(key, out _))
            {
                await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, $"Missing `{key}` in the JSON request body.");
                return;
            }
        var schema = root.GetProperty("schema_id").ToString();
        var data = root.GetProperty("data");
        if (!LabEvents.Schemas.Contains(schema) || root.GetProperty("version").ToString() != "1" || data.ValueKind != JsonValueKind.Object)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, $"No schema '{schema}' of that version takes these data");
            return;
        }
        events.Publish(schema, json =>
        {
            foreach (var member in data.EnumerateObject())
                member.WriteTo(json);
        });
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task SubscribeAsync(HttpContext context, LabEvents events, CancellationToken stopping)
    {
        using var socket = await SocketHandshake.AcceptAsync(context);
        if (socket is null)
            return;
        using var stop = stopping.Register(socket.Abort);
        var channel = events.Subscribe();
        try
        {
            var sending = SendAsync();
            var pulse = new SocketPulse(socket, context.RequestServices.GetRequiredService<TimeProvider>()).RunAsync(() => socket.PingAsync(default));
            while (await socket.ReceiveAsync() is not null)
            {
                // Subscribers only listen; what they say is not looked at.
            }
            await Task.WhenAll(sending, pulse);
        }
        finally
        {
            events.Unsubscribe(channel);
        }

        async Task SendAsync()
        {
            try
            {
                await foreach (var one in channel.Reader.ReadAllAsync(socket.Ended))
                    await socket.SendAsync(isText: true, one, flush: true);
            }
            catch (Exception fault) when (ServerSocket.IsEnd(fault))
            {
                // The subscriber has gone.
            }
        }
    }
}
