using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Access;

/// <summary>
/// The proof that a request comes from our own page: a cookie that only our page can read, shown again in a header, the query or a form
/// (names as Jupyter's clients send them).
/// </summary>
internal static class Xsrf
{
    private const string CookieName = "_xsrf";

    /// <summary>The value to show again; the cookie is set when the browser has none.</summary>
    public static string Ensure(HttpContext context)
    {
        if (context.Request.Cookies[CookieName] is { Length: > 0 } known)
            return known;
        var value = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        context.Response.Cookies.Append(CookieName, value, new CookieOptions
        {
            Path = Http.BaseUrl.Of(context).Prefix,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
        });
        return value;
    }

    public static async ValueTask<bool> HoldsAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Cookies[CookieName] is not { Length: > 0 } expected)
            return false;
        string? shown = request.Headers["X-XSRFToken"];
        shown ??= request.Headers["X-CSRFToken"];
        shown ??= request.Query[CookieName];
        if (shown is null && request.HasFormContentType && request.Path == "/login")
            shown = (await LoginForm.ReadAsync(context))?[CookieName];
        return shown is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), Encoding.UTF8.GetBytes(expected));
    }
}
