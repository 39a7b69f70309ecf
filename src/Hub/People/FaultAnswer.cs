using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.People;

/// <summary>An expected failure as programs read it: <c>{"code", "message"}</c>, with the status that says the same.</summary>
internal static class FaultAnswer
{
    /// <param name="context">The request.</param>
    /// <param name="fault">What is wrong.</param>
    /// <param name="more">Writes further members; null for none.</param>
    /// <param name="status">Another status than the fault's own.</param>
    public static async Task WriteAsync(HttpContext context, HubFault fault, Action<Utf8JsonWriter>? more = null, int? status = null)
    {
        context.Response.StatusCode = status ?? fault.Status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("code"u8, fault.Code);
        json.WriteString("message"u8, fault.Message);
        more?.Invoke(json);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
