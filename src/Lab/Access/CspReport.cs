using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Access;

/// <summary>
/// <c>/api/security/csp-report</c>: where browsers tell that a page tried what the Content-Security-Policy forbids. They send it with the
/// cookie and no other proof, and all it does is a line in the log with the directive's name: addresses may hold secrets.
/// </summary>
internal static class CspReport
{
    public const string Route = "/api/security/csp-report";
    private const int MostBytes = 16 * 1024;

    public static async Task TakeAsync(HttpContext context)
    {
        var bytes = new byte[MostBytes];
        var length = await context.Request.Body.ReadAtLeastAsync(bytes, MostBytes, throwOnEndOfStream: false, context.RequestAborted);
        AccessLog.PolicyViolated(context.RequestServices.GetRequiredService<ILogger<Gate>>(), Directive(bytes.AsMemory(0, length)));
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static string Directive(ReadOnlyMemory<byte> report)
    {
        try
        {
            using var json = JsonDocument.Parse(report);
            var said = json.RootElement.GetProperty("csp-report").GetProperty("effective-directive").GetString() ?? "";
            return said.Length < 64 && said.All(c => char.IsAsciiLetter(c) || c == '-') ? said : "?";
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "?";
        }
    }
}
