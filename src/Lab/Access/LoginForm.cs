using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Access;

/// <summary>Reads what the login page sends.</summary>
internal static class LoginForm
{
    private const int MostBytes = 16 * 1024;

    /// <summary>The form, or null when it is larger than any real one: a huge password must not reach the slow hash.</summary>
    public static async ValueTask<IFormCollection?> ReadAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType || context.Request.ContentLength is null or > MostBytes)
            return null;
        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
