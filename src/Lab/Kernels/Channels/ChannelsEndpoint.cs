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

    /// <summary>A page has one for each kernel it shows; more than these is a program that opens them and closes none.</summary>
    public const int MostPages = 4096, MostPagesOfKernel = 256;

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
        var pages = services.GetRequiredService<KernelPages>();
        if (pages.Total >= MostPages || pages.Count(id) >= MostPagesOfKernel)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status503ServiceUnavailable,
                $"Too many connections are open: a kernel takes {MostPagesOfKernel}, a lab {MostPages}; mend: close pages, or the program that opens them");
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
            var audience = pages.Of(id);
            var page = new KernelPage(kernel, sessionId, !isV1, audience, socket, services.GetRequiredService<ChannelServices>());
            await page.RunAsync(services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        }
        finally
        {
            activity.Disconnected();
        }
    }
}
