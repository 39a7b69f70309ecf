using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.Lab.Http;

/// <summary>JSON answers and bodies of the API.</summary>
internal static class ApiJson
{
    /// <summary>The body is served as application/json with nosniff: nothing needs escaping for HTML.</summary>
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Begins a JSON answer; the caller writes one value and disposes the writer.</summary>
    public static Utf8JsonWriter Begin(HttpContext context, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        return new Utf8JsonWriter(context.Response.BodyWriter, Relaxed);
    }

    /// <summary>Answers with JSON that is already written.</summary>
    public static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.BodyWriter.WriteAsync(json, context.RequestAborted);
    }

    /// <summary>The longest body of an API request that is no file, in bytes: 64 MiB.</summary>
    public const long LongestBody = 64 << 20;

    /// <summary>A time as Jupyter writes it: UTC, microseconds, <c>Z</c>.</summary>
    public static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The whole body, whatever its Content-Type: clients send JSON as text/plain too. Empty when there is none.</summary>
    /// <exception cref="BadHttpRequestException">It is longer than <see cref="LongestBody"/>; answered with 413.</exception>
    public static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        var request = context.Request;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = LongestBody;
        if (request.ContentLength is { } length)
        {
            if (length > LongestBody)
                throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
            var exact = GC.AllocateUninitializedArray<byte>(checked((int)length));
            await request.Body.ReadExactlyAsync(exact, context.RequestAborted);
            return exact;
        }
        using var whole = new MemoryStream();
        await request.Body.CopyToAsync(whole, context.RequestAborted);
        return whole.ToArray();
    }

    /// <summary>The body as a JSON object; null, and the answer is written, when it is anything else.</summary>
    public static async Task<JsonDocument?> ReadObjectAsync(HttpContext context)
    {
        try
        {
            var document = JsonDocument.Parse(await ReadBodyAsync(context));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
        }
        catch (JsonException)
        {
        }
        await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, "Invalid JSON in body of request: an object is expected");
        return null;
    }
}
