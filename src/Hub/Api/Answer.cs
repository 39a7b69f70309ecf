using System.Text.Json.Serialization.Metadata;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Loss;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Api;

/// <summary>What the API answers.</summary>
internal static class Answer
{
    public static IResult Json<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) => TypedResults.Json(value, type, statusCode: status);

    public static IResult Fault(HubFault fault, LossList? loss = null) =>
        TypedResults.Json(new ApiError(fault.Code, fault.Message) { Loss = loss }, HubJson.Default.ApiError, statusCode: fault.Status);

    /// <summary>A value, or the fault.</summary>
    public static IResult Of<T>(HubResult<T> result, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) => result.Ok ? Json(result.Value, type, status) : Fault(result.Fault);
}
