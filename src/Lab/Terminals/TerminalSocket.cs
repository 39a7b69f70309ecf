using System.Text;
using System.Text.Json;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Activity;
using Holdfast.Lab.Http;
using Holdfast.Lab.Http.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Terminals;

/// <summary>
/// The WebSocket of a terminal, <c>/terminals/websocket/NAME</c>, in terminado's frames: to the page <c>["setup", {}]</c>, <c>["stdout", text]</c> and
/// <c>["disconnect", 1]</c>; from it <c>["stdin", text]</c> and <c>["set_size", rows, columns, height, width]</c>.
/// </summary>
internal sealed class TerminalSocket(TerminalRecord terminal, KeeperClient keeper, LabActivity activity, LabInput input, ServerSocket socket, TimeProvider time)
{
    /// <summary>More than anybody pastes.</summary>
    private const long LongestMessage = 16 << 20;

    private readonly string _viewer = Guid.NewGuid().ToString("N");

    public static async Task ConnectAsync(HttpContext context, string name)
    {
        var services = context.RequestServices;
        if (services.GetRequiredService<LabTerminals>().Find(name) is not { } terminal)
        {
            await TerminalEndpoints.NotFoundAsync(context, name);
            return;
        }
        using var socket = await SocketHandshake.AcceptAsync(context, null, (stream, ended) => new ServerSocket(stream, ended) { LongestMessage = LongestMessage });
        if (socket is null)
            return;
        var activity = services.GetRequiredService<LabActivity>();
        activity.Connected();
        try
        {
            var keeper = services.GetRequiredService<KeeperClient>();
            var time = services.GetRequiredService<TimeProvider>();
            var feed = new TerminalFeed(terminal, keeper, services.GetRequiredService<LiveScreens>().Of(terminal), socket, time, services.GetRequiredService<ILogger<TerminalFeed>>());
            await new TerminalSocket(terminal, keeper, activity, services.GetRequiredService<LabInput>(), socket, time).RunAsync(feed, services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        }
        finally
        {
            activity.Disconnected();
        }
    }

    private async Task RunAsync(TerminalFeed feed, CancellationToken stopping)
    {
        // Not 1000 or 1001: after those JupyterLab does not come back.
        await using var stop = stopping.Register(() => _ = socket.CloseAsync(CloseCode.ServiceRestart, "The lab is restarting.").AsTask());
        var pulse = new SocketPulse(socket, time);
        var beating = pulse.RunAsync(() => socket.PingAsync(default));
        var feeding = feed.RunAsync();
        try
        {
            while (await socket.ReceiveAsync() is { } message)
            {
                // Holding: a program that does not take what is typed holds us up.
                pulse.Holding = true;
                await HandleAsync(message, feed);
                pulse.Holding = false;
            }
        }
        catch (OperationCanceledException)
        {
            // The page has gone.
        }
        finally
        {
            socket.Abort();
            await Task.WhenAll(beating, feeding);
            await keeper.ViewTerminalAsync(terminal.Name, _viewer, null, CancellationToken.None);
        }
    }

    private async Task HandleAsync(SocketMessage message, TerminalFeed feed)
    {
        switch (Parse(message.Data.Span))
        {
            case (string typed, _, _):
                activity.Touch();
                input.Note();
                feed.Expect();
                await keeper.TypeAsync(terminal.Name, Encoding.UTF8.GetBytes(typed), socket.Ended);
                break;
            case (null, { } size, var visible):
                // A tab that was never shown says the size of a screen that nobody has seen.
                if (visible && await keeper.ViewTerminalAsync(terminal.Name, _viewer, size, socket.Ended) is { Ok: true, Value.Size: var fitted })
                    feed.Sized(size, fitted);
                else
                    feed.Sized(size, null);
                break;
        }
    }

    /// <summary>What the message says; nothing when it is none of the frames.</summary>
    private static (string? Typed, TerminalSize? Size, bool Visible) Parse(ReadOnlySpan<byte> message)
    {
        try
        {
            var json = new Utf8JsonReader(message);
            if (!json.Read() || json.TokenType != JsonTokenType.StartArray || !json.Read() || json.TokenType != JsonTokenType.String)
                return default;
            if (json.ValueTextEquals("stdin"u8))
                return (json.Read() && json.TokenType == JsonTokenType.String ? json.GetString() : null, null, false);
            if (!json.ValueTextEquals("set_size"u8))
                return default;
            Span<double> numbers = [0, 0, 1, 1];
            for (var i = 0; i < numbers.Length && json.Read() && json.TokenType == JsonTokenType.Number; i++)
                numbers[i] = json.GetDouble();
            if (!(numbers[0] >= 1) || !(numbers[1] >= 1))
                return default;
            var size = TerminalSize.Of((int)Math.Min(numbers[0], TerminalSize.Most), (int)Math.Min(numbers[1], TerminalSize.Most));
            return (null, size, numbers[2] > 0 && numbers[3] > 0);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or FormatException)
        {
            return default;
        }
    }
}
