using Holdfast.Lab.Http;
using Holdfast.Lab.Http.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Holdfast.Lab.Kernels.Channels;

/// <summary>The WebSocket of a kernel, <c>/api/kernels/ID/channels?session_id=S</c>.</summary>
internal static class ChannelsEndpoint
{
    private const string V1 = "v1.kernel.websocket.jupyter.org";
    private const int LongestSessionId = 128;

    public static async Task ConnectAsync(HttpContext context, string id)
    {
        var services = context.RequestServices;
        if (services.GetRequiredService<LabKernels>().Find(id) is not { } kernel)
        {
            await KernelFailure.NotFoundAsync(context, id);
            return;
        }
        var sessionId = context.Request.Query["session_id"].ToString();
        if (sessionId.Length > LongestSessionId)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, $"session_id is longer than {LongestSessionId} characters");
            return;
        }
        if (sessionId.Length == 0)
            sessionId = Guid.NewGuid().ToString();
        var isV1 = SocketHandshake.Offers(context.Request, V1);
        using var socket = await SocketHandshake.AcceptAsync(context, isV1 ? V1 : null);
        if (socket is null)
            return;
        var activity = services.GetRequiredService<LabActivity>();
        activity.Connected();
        try
        {
            var audience = services.GetRequiredService<KernelPages>().Of(id);
            var page = new KernelPage(kernel, sessionId, !isV1, audience, socket, services.GetRequiredService<ChannelServices>());
            await page.RunAsync(services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        }
        finally
        {
            activity.Disconnected();
        }
    }
}
