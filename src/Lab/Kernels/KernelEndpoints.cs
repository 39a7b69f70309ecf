using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Kernels;

/// <summary>Kernels over HTTP, as jupyter_server serves them.</summary>
internal static class KernelEndpoints
{
    public static async Task ListAsync(HttpContext context)
    {
        var kernels = Kernels(context);
        await using var json = ApiJson.Begin(context);
        json.WriteStartArray();
        foreach (var kernel in kernels.All)
            KernelModel.Write(json, kernel, kernels.Connections(kernel.Id));
        json.WriteEndArray();
    }

    public static async Task StartAsync(HttpContext context)
    {
        if (await KernelRequest.ReadAsync(context) is not { } request)
            return;
        var kernels = Kernels(context);
        if (request.Id is not null && kernels.Find(request.Id) is { } running)
        {
            await CreatedAsync(context, running);
            return;
        }
        var reply = await kernels.StartAsync(request.Name, request.Path ?? "", null, request.Id, null, context.RequestAborted);
        if (reply.Ok)
            reply = await kernels.WaitReadyAsync(reply.Value, context.RequestAborted);
        if (reply.Ok)
            await CreatedAsync(context, reply.Value);
        else
            await KernelFailure.WriteAsync(context, reply.Failure);
    }

    public static async Task GetAsync(HttpContext context, string id)
    {
        if (Kernels(context).Find(id) is { } kernel)
            await ModelAsync(context, kernel);
        else
            await KernelFailure.NotFoundAsync(context, id);
    }

    public static async Task DeleteAsync(HttpContext context, string id)
    {
        var kernels = Kernels(context);
        if (kernels.Find(id) is null)
            await KernelFailure.NotFoundAsync(context, id);
        else if (await kernels.ShutdownAsync(id, context.RequestAborted) is { Failure: { Code: not "not-found" } failure })
            await KernelFailure.WriteAsync(context, failure);
        else
            context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static async Task InterruptAsync(HttpContext context, string id)
    {
        if (Kernels(context).Find(id) is null)
            await KernelFailure.NotFoundAsync(context, id);
        else if (await Keeper(context).InterruptAsync(id, context.RequestAborted) is { Failure: { } failure })
            await KernelFailure.WriteAsync(context, failure);
        else
            context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static async Task RestartAsync(HttpContext context, string id)
    {
        if (Kernels(context).Find(id) is null)
        {
            await KernelFailure.NotFoundAsync(context, id);
            return;
        }
        var reply = await Keeper(context).RestartAsync(id, context.RequestAborted);
        if (reply.Ok)
            await ModelAsync(context, reply.Value);
        else
            await KernelFailure.WriteAsync(context, reply.Failure);
    }

    private static Task CreatedAsync(HttpContext context, KernelRecord kernel)
    {
        context.Response.Headers.Location = BaseUrl.Of(context).To($"api/kernels/{kernel.Id}");
        return ModelAsync(context, kernel, StatusCodes.Status201Created);
    }

    private static async Task ModelAsync(HttpContext context, KernelRecord kernel, int status = StatusCodes.Status200OK)
    {
        await using var json = ApiJson.Begin(context, status);
        KernelModel.Write(json, kernel, Kernels(context).Connections(kernel.Id));
    }

    private static LabKernels Kernels(HttpContext context) => context.RequestServices.GetRequiredService<LabKernels>();

    private static KeeperClient Keeper(HttpContext context) => context.RequestServices.GetRequiredService<KeeperClient>();
}
