using Holdfast.Keeper.Contract;
using Holdfast.Lab.Http;
using Holdfast.Lab.Kernels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Sessions;

/// <summary>Sessions over HTTP, as jupyter_server serves them.</summary>
internal static class SessionEndpoints
{
    public static async Task ListAsync(HttpContext context)
    {
        await using var json = ApiJson.Begin(context);
        json.WriteStartArray();
        foreach (var session in Sessions(context).All)
            session.Write(json, Connections(context, session));
        json.WriteEndArray();
    }

    public static async Task CreateAsync(HttpContext context)
    {
        using var body = await ApiJson.ReadObjectAsync(context);
        if (body is null)
            return;
        var request = SessionRequest.Read(body.RootElement);
        if (request.Path is null || request.Type is null)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, $"Missing field in JSON data: {(request.Path is null ? "path" : "type")}");
            return;
        }
        var (session, failure) = await Sessions(context).CreateAsync(request.Path, request.Name ?? "", request.Type, request.Kernel, context.RequestAborted);
        if (session is not null)
            context.Response.Headers.Location = BaseUrl.Of(context).To($"api/sessions/{session.Tag.Id}");
        await AnswerAsync(context, session, failure, StatusCodes.Status201Created);
    }

    public static Task GetAsync(HttpContext context, string id)
    {
        var session = Sessions(context).Find(id);
        return session is null ? NotFoundAsync(context, id) : AnswerAsync(context, session, null, StatusCodes.Status200OK);
    }

    public static async Task ChangeAsync(HttpContext context, string id)
    {
        using var body = await ApiJson.ReadObjectAsync(context);
        if (body is null)
            return;
        var (session, failure) = await Sessions(context).ChangeAsync(id, SessionRequest.Read(body.RootElement), context.RequestAborted);
        await AnswerAsync(context, session, failure, StatusCodes.Status200OK);
    }

    public static async Task DeleteAsync(HttpContext context, string id)
    {
        switch (await Sessions(context).DeleteAsync(id, context.RequestAborted))
        {
            case null:
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case { Code: LabSessions.UnknownSession }:
                await NotFoundAsync(context, id);
                break;
            case { Code: "not-found" }:
                await ApiError.WriteAsync(context, StatusCodes.Status410Gone, "Kernel deleted before session");
                break;
            case { } failure:
                await KernelFailure.WriteAsync(context, failure);
                break;
        }
    }

    private static async Task AnswerAsync(HttpContext context, LabSession? session, KeeperFailure? failure, int status)
    {
        if (session is not null)
        {
            await using var json = ApiJson.Begin(context, status);
            session.Write(json, Connections(context, session));
        }
        else if (failure is { Code: LabSessions.UnknownSession })
            await ApiError.WriteAsync(context, StatusCodes.Status404NotFound, failure.Message);
        else if (failure is { Code: LabSessions.UnknownKernel })
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, failure.Message);
        else if (failure is not null)
            await KernelFailure.WriteAsync(context, failure);
    }

    private static Task NotFoundAsync(HttpContext context, string id) =>
        ApiError.WriteAsync(context, StatusCodes.Status404NotFound, $"Session not found: session_id='{id}'");

    private static LabSessions Sessions(HttpContext context) => context.RequestServices.GetRequiredService<LabSessions>();

    private static int Connections(HttpContext context, LabSession session) =>
        context.RequestServices.GetRequiredService<LabKernels>().Connections(session.Kernel.Id);
}
