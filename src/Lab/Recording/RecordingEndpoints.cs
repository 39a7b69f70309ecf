using Holdfast.Lab.Http;
using Holdfast.Lab.Kernels.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Recording;

/// <summary>The routes of <c>/api/recording</c>, as docs/recording.md has them.</summary>
internal static class RecordingEndpoints
{
    /// <summary>The record of a notebook is to come on the page's own socket.</summary>
    public static async Task FoldAsync(HttpContext context)
    {
        using var body = await ApiJson.ReadObjectAsync(context);
        if (body is null)
            return;
        string? Text(string name) => body.RootElement.TryGetProperty(name, out var value) && value.ValueKind == System.Text.Json.JsonValueKind.String ? value.GetString() : null;
        if (Text("kernel") is not { } kernel || Text("session") is not { } session || Text("path") is not { } path)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, "Missing field in JSON data: kernel, session and path are needed");
            return;
        }
        var since = body.RootElement.TryGetProperty("since"u8, out var number) && number.TryGetInt64(out var given) ? given : 0;
        if (context.RequestServices.GetRequiredService<KernelPages>().Of(kernel).Find(session) is not { } page)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status404NotFound, $"No page is connected to the kernel {kernel} with the session {session}");
            return;
        }
        page.AskFold(new FoldRequest(path.Trim('/'), since));
        await using var json = ApiJson.Begin(context, StatusCodes.Status202Accepted);
        json.WriteStartObject();
        json.WriteNumber("number"u8, context.RequestServices.GetRequiredService<Recorder>().NumberOf(kernel));
        json.WriteEndObject();
    }

    /// <summary>How recording of a notebook stands.</summary>
    public static async Task StatusAsync(HttpContext context)
    {
        var status = context.RequestServices.GetRequiredService<Recorder>().StatusOf(context.Request.Query["path"].ToString().Trim('/'));
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteBoolean("recorded"u8, status.Place is not null);
        json.WriteNumber("running"u8, status.Running);
        json.WriteString("last_output"u8, status.LastOutput is { } last ? ApiJson.Time(last) : null);
        json.WriteNumber("number"u8, status.Place?.Number ?? 0);
        json.WriteString("problem"u8, status.Problem);
        json.WriteEndObject();
    }
}

/// <summary>A page's wish for the record of a notebook.</summary>
/// <param name="Path">The notebook, relative to the root.</param>
/// <param name="Since">What did not change after this number is of no interest.</param>
internal sealed record FoldRequest(string Path, long Since);
