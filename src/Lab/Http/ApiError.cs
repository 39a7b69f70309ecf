using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Http;

/// <summary>Answers an API request with an error as Jupyter's clients read it: <c>{"message", "reason"}</c>.</summary>
internal static class ApiError
{
    /// <summary>Writes the error; <paramref name="reason"/> null is sent as JSON null.</summary>
    public static async Task WriteAsync(HttpContext context, int status, string message, string? reason = null)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("message"u8, message);
        json.WriteString("reason"u8, reason);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
