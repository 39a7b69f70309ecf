using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.Hub.Proxy;

/// <summary>A request's body on its way to the machine: a buffer at a time.</summary>
internal sealed class RequestBody(HttpContext context) : HttpContent
{
    /// <summary>Most bytes that are under way in one direction.</summary>
    public const int BufferSize = 128 * 1024;

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
    private Task _sending = Task.CompletedTask;

    /// <summary>The body of a request; null when it has none.</summary>
    public static RequestBody? Of(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } ? null : new RequestBody(context);

    /// <summary>Ends sending, and waits until the request is not read any more: the machine may have answered before it had all of it.</summary>
    public async ValueTask EndAsync()
    {
        if (!_sending.IsCompleted) await _stop.CancelAsync();
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <inheritdoc />
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? transport) => _sending = SendAsync(stream);

    /// <inheritdoc />
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? transport, CancellationToken cancellationToken) => _sending = SendAsync(stream);

    /// <inheritdoc />
    protected override bool TryComputeLength(out long length)
    {
        length = context.Request.ContentLength ?? 0;
        return context.Request.ContentLength is not null;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        _stop.Dispose();
        base.Dispose(disposing);
    }

    private async Task SendAsync(Stream stream)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (await context.Request.Body.ReadAsync(buffer.AsMemory(0, BufferSize), _stop.Token) is var length and > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, length), _stop.Token);
                // What came as a piece goes on as a piece.
                await stream.FlushAsync(_stop.Token);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
