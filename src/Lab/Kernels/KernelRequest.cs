using System.Text.Json;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Kernels;

/// <summary>The kernel a client asks for: the body of a POST to <c>/api/kernels</c>, or <c>kernel</c> of a session.</summary>
/// <param name="Name">The kernelspec's name, null for the default.</param>
/// <param name="Id">The kernel's id, null for any.</param>
/// <param name="Path">Path of the folder or document below the root.</param>
internal sealed record KernelRequest(string? Name, string? Id, string? Path)
{
    /// <summary>Reads the body of a POST to <c>/api/kernels</c>, which may be empty. Null when it is wrong and the error has been answered.</summary>
    public static async Task<KernelRequest?> ReadAsync(HttpContext context)
    {
        var bytes = await ApiJson.ReadBodyAsync(context);
        if (bytes.Length == 0)
            return new KernelRequest(null, null, null);
        try
        {
            using var body = JsonDocument.Parse(bytes);
            if (body.RootElement.ValueKind == JsonValueKind.Object)
                return new KernelRequest(Text(body.RootElement, "name"), Text(body.RootElement, "kernel_id"), Text(body.RootElement, "path"));
        }
        catch (JsonException)
        {
            // Answered below.
        }
        await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, "Invalid JSON in body of request: an object is expected");
        return null;
    }

    /// <summary>A text field of an object; null when it is missing, null or empty, or not text.</summary>
    public static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
