using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Access;

/// <summary>The headers that every answer carries; a handler may replace the policy.</summary>
internal static class SecurityHeaders
{
    public static void Set(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        var policy = $"frame-ancestors 'self'; report-uri {BaseUrl.Of(context).To(CspReport.Route[1..])}";
        headers.ContentSecurityPolicy = context.Request.IsApi() ? $"{policy}; default-src 'none'" : policy;
    }
}
