using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Hub.Api;

/// <summary>What holds for every endpoint: who may only read changes nothing, and what goes wrong is said as the API says things.</summary>
internal sealed class ApiFilter(ILogger<ApiFilter> log) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!HttpMethods.IsGet(http.Request.Method) && !http.Caller().MayWrite) return Answer.Fault(new HubFault("forbidden", "This token may only read."));
        try
        {
            return await next(context);
        }
        catch (Exception fault) when (!http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted)
        {
            log.Failed(http.Request.Method, http.Request.Path, fault);
            return Answer.Fault(new HubFault("internal", "The hub has failed at this; its log says where."));
        }
    }
}
