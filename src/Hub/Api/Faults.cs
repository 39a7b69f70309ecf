using Holdfast.Hub.Api.Contract;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Api;

/// <summary>The errors that an endpoint describes.</summary>
internal static class Faults
{
    public static RouteHandlerBuilder WithFaults(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses) endpoint.Produces<ApiError>(status);
        return endpoint;
    }
}
