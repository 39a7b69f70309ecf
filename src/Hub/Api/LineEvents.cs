using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Hub.Api.Contract;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Api;

/// <summary>Work that says lines, as server-sent events: <c>line</c> with a text, and at the end one of another kind with what came of it, or <c>error</c>.</summary>
internal static class LineEvents
{
    public static async Task WriteAsync<T>(HttpContext context, string kind, JsonTypeInfo<T> type, Func<IProgress<string>, Task<HubResult<T>>> start)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        var work = new LineWork<HubResult<T>>(start);
        await foreach (var line in work.ReadAsync(context.RequestAborted)) await SendAsync(context, "line", JsonSerializer.SerializeToUtf8Bytes(line, HubJson.Default.String));
        var result = await work.Result;
        if (result.Ok) await SendAsync(context, kind, JsonSerializer.SerializeToUtf8Bytes(result.Value, type));
        else await SendAsync(context, "error", JsonSerializer.SerializeToUtf8Bytes(new ApiError(result.Fault.Code, result.Fault.Message), HubJson.Default.ApiError));
    }

    private static async Task SendAsync(HttpContext context, string kind, byte[] json)
    {
        await context.Response.WriteAsync($"event: {kind}\ndata: ", context.RequestAborted);
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
        await context.Response.WriteAsync("\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
