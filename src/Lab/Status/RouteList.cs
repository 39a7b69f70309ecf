using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Lab.Status;

/// <summary><c>/api/spec.yaml</c>: the routes of this lab, taken from the router itself.</summary>
internal static class RouteList
{
    public static Task ShowAsync(HttpContext context, IEndpointRouteBuilder routes)
    {
        var text = new StringBuilder("openapi: 3.0.0\ninfo:\n  title: Holdfast lab\n  description: A Jupyter Server API\n  version: \"2\"\npaths:\n");
        var endpoints = routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText is { } route && route.Contains("/api", StringComparison.Ordinal))
            .GroupBy(endpoint => endpoint.RoutePattern.RawText!.Replace("{**", "{", StringComparison.Ordinal)).OrderBy(group => group.Key, StringComparer.Ordinal);
        foreach (var route in endpoints)
        {
            text.Append("  ").Append(route.Key).Append(":\n");
            foreach (var method in route.SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Distinct())
                text.Append("    ").Append(method.ToLowerInvariant()).Append(": {}\n");
        }
        context.Response.ContentType = "text/x-yaml";
        return context.Response.WriteAsync(text.ToString(), context.RequestAborted);
    }
}
