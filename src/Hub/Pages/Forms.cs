using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.Hub.Pages;

/// <summary>What our forms send.</summary>
internal static class Forms
{
    private const int MostBytes = 256 * 1024;

    /// <summary>The form; null when it is none, or larger than any of ours: a huge password must not reach the slow hash.</summary>
    public static async ValueTask<IFormCollection?> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentLength > MostBytes) return null;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = MostBytes;
        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (Exception fault) when (fault is BadHttpRequestException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>A field without the space around it; empty when it is missing.</summary>
    public static string Field(this IFormCollection? form, string name) => form?[name].ToString().Trim() ?? "";

    /// <summary>Leads on after a form was done, so that loading the page again does not send it again.</summary>
    public static void SeeOther(this HttpContext context, string path)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = path;
    }
}
