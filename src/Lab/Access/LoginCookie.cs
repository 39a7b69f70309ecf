using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Access;

/// <summary>The cookie of somebody who logged in. Its name holds host and port: cookies are shared by all ports of a host, labs are not.</summary>
internal static class LoginCookie
{
    private static string Name(HttpContext context) =>
        string.Concat($"username-{context.Request.Host.Value}".Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

    public static string? Read(HttpContext context) => context.Request.Cookies[Name(context)];

    public static void Give(HttpContext context, Credentials credentials)
    {
        var (value, expires) = credentials.NewCookie();
        context.Response.Cookies.Append(Name(context), value, Options(context, expires));
    }

    public static void Take(HttpContext context) => context.Response.Cookies.Delete(Name(context), Options(context, null));

    private static CookieOptions Options(HttpContext context, DateTimeOffset? expires) => new()
    {
        Path = Http.BaseUrl.Of(context).Prefix,
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Expires = expires,
    };
}
