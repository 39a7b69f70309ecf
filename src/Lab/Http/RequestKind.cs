using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.Lab.Http;

/// <summary>Tells programs' requests from people's: an API answers with JSON, a page with HTML and redirects.</summary>
internal static class RequestKind
{
    public static bool IsApi(this HttpRequest request) =>
        request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/lab/api") ||
        request.Path.StartsWithSegments("/lsp") || request.Path == "/metrics" || request.Path.StartsWithSegments("/terminals");

    /// <summary>Whether what is answered is somebody's work: other sites' pages may neither load nor show it.</summary>
    public static bool HoldsContents(this HttpRequest request) => request.Path.StartsWithSegments("/files") || request.Path.StartsWithSegments("/view") || request.Path.StartsWithSegments("/nbconvert");

    /// <summary>Whether the request wants to become a WebSocket.</summary>
    public static bool IsWebSocket(this HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } &&
        request.Headers.Upgrade.ToString().Equals("websocket", StringComparison.OrdinalIgnoreCase);

    public static bool IsRead(this HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
}
