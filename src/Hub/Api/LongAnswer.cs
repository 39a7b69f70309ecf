using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Hub.Api;

/// <summary>Answers that go on.</summary>
internal static class LongAnswer
{
    private const int Piece = 64 << 10;

    /// <summary>Begins one. It ends with the login: a session that was ended, a token that was revoked or has run out, sees nothing more.</summary>
    public static void Begin(HttpContext context, string type)
    {
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-store";
        // A proxy in front must not hold it back.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        if (context.Features.Get<Login>() is not { } login) return;
        var over = login.While(context.RequestServices.GetRequiredService<TimeProvider>(), CancellationToken.None);
        context.Response.RegisterForDispose(over);
        context.Response.RegisterForDispose(over.Token.Register(context.Abort));
    }

    /// <summary>Sends each value as a server-sent event.</summary>
    public static async Task SendAsync<T>(HttpContext context, IAsyncEnumerable<T> values, JsonTypeInfo<T> type)
    {
        Begin(context, "text/event-stream");
        await foreach (var value in values)
        {
            await context.Response.Body.WriteAsync("data: "u8.ToArray(), context.RequestAborted);
            await JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
            await context.Response.Body.WriteAsync("\n\n"u8.ToArray(), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>Sends a file that grows, as plain text.</summary>
    /// <param name="context">What asks.</param>
    /// <param name="file">The file, which may not be there yet.</param>
    /// <param name="begin">Where to go on, by the file's length and how far it was sent before (null for not at all).</param>
    /// <param name="hasEnded">Whether nothing more comes: looked at before the file, so that what was written until then is sent.</param>
    /// <param name="pause">Between two looks.</param>
    /// <param name="time">The clock.</param>
    public static async Task FollowAsync(HttpContext context, string file, Func<long, long?, long> begin, Func<bool> hasEnded, TimeSpan pause, TimeProvider time)
    {
        Begin(context, "text/plain; charset=utf-8");
        var (buffer, at) = (new byte[Piece], (long?)null);
        while (true)
        {
            var ended = hasEnded();
            if (File.Exists(file))
            {
                await using var output = new FileStream(file, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 });
                output.Position = begin(output.Length, at);
                while (await output.ReadAsync(buffer, context.RequestAborted) is > 0 and var count) await context.Response.Body.WriteAsync(buffer.AsMemory(0, count), context.RequestAborted);
                at = output.Position;
            }
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (ended) return;
            await Task.Delay(pause, time, context.RequestAborted);
        }
    }
}
