using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Holdfast.Lab.Http.WebSockets;

/// <summary>The opening handshake of a WebSocket (RFC 6455 §4.2) on HTTP/1.1.</summary>
internal static class SocketHandshake
{
    /// <summary>Whether the client offers this subprotocol.</summary>
    public static bool Offers(HttpRequest request, string subprotocol) =>
        request.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol").Contains(subprotocol, StringComparer.Ordinal);

    /// <summary>Upgrades the request; null, with the error answered, when it is no WebSocket handshake.</summary>
    /// <param name="context">The request.</param>
    /// <param name="subprotocol">The subprotocol chosen among those offered, null for none.</param>
    /// <param name="make">Makes the socket when other limits than the default ones are wanted.</param>
    public static async ValueTask<ServerSocket?> AcceptAsync(
        HttpContext context, string? subprotocol = null, Func<Stream, CancellationToken, ServerSocket>? make = null)
    {
        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        var key = context.Request.Headers.SecWebSocketKey.ToString();
        if (upgrade is not { IsUpgradableRequest: true } || !context.Request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase)
            || !IsKey(key))
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, "This address takes WebSocket connections only.");
            return null;
        }
        if (context.Request.Headers.SecWebSocketVersion != "13")
        {
            context.Response.Headers.SecWebSocketVersion = "13";
            await ApiError.WriteAsync(context, StatusCodes.Status426UpgradeRequired, "Only version 13 of the WebSocket protocol is spoken here.");
            return null;
        }
        // A page that sleeps for a while reads nothing; that alone is no reason to cut it off.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } requestRate)
            requestRate.MinDataRate = null;
        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers.Upgrade = "websocket";
        context.Response.Headers.SecWebSocketAccept = Accept(key);
        if (subprotocol is not null)
            context.Response.Headers.SecWebSocketProtocol = subprotocol;
        var stream = await upgrade.UpgradeAsync();
        return make?.Invoke(stream, context.RequestAborted) ?? new ServerSocket(stream, context.RequestAborted);
    }

    private static bool IsKey(string key) => key.Length == 24 && Convert.TryFromBase64String(key, stackalloc byte[18], out var length) && length == 16;

    private static string Accept(string key)
    {
#pragma warning disable CA5350 // The handshake is defined with SHA-1; it proves no identity.
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
    }
}
