using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Http;

/// <summary>Tells programs' requests from people's: an API answers with JSON, a page with HTML and redirects.</summary>
internal static class RequestKind
{
    public static bool IsApi(this HttpRequest request) =>
        request.Path.StartsWithSegments("/api") || request.Path.StartsWithSegments("/lab/api") ||
        request.Path.StartsWithSegments("/lsp") || request.Path.StartsWithSegments("/terminals");

    public static bool IsRead(this HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
}
