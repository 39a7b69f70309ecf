using Holdfast.Keeper.Contract;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Kernels;

/// <summary>Answers with what went wrong with a kernel.</summary>
internal static class KernelFailure
{
    public static Task NotFoundAsync(HttpContext context, string id) =>
        ApiError.WriteAsync(context, StatusCodes.Status404NotFound, $"Kernel does not exist: {id}");

    /// <summary>The status that fits the failure, with its message. 501 for an unknown kernelspec has the form sessions have in Jupyter.</summary>
    public static async Task WriteAsync(HttpContext context, KeeperFailure failure)
    {
        if (failure.Code == LabKernels.UnknownSpec)
        {
            await using var json = ApiJson.Begin(context, StatusCodes.Status501NotImplemented);
            json.WriteStartObject();
            json.WriteString("message"u8, failure.Message);
            json.WriteString("short_message"u8, "Kernel not found");
            json.WriteEndObject();
            return;
        }
        var status = failure.Code switch
        {
            "bad-id" => StatusCodes.Status400BadRequest,
            "not-found" => StatusCodes.Status404NotFound,
            "exists" => StatusCodes.Status409Conflict,
            "unreachable" => StatusCodes.Status503ServiceUnavailable,
            "disk-full" => StatusCodes.Status507InsufficientStorage,
            _ => StatusCodes.Status500InternalServerError,
        };
        await ApiError.WriteAsync(context, status, failure.Message);
    }
}
