using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.People;

/// <summary>
/// Our cookies: for one host only, out of reach of scripts, and under TLS <c>__Host-</c>, so that nobody else can have set them. Their names hold the port: cookies are
/// shared by all ports of a host, hubs are not.
/// </summary>
internal static class OwnCookies
{
    /// <summary>With which all of them begin, after <c>__Host-</c>. No machine is sent them.</summary>
    public const string Prefix = "holdfast-";
    public const string HostPrefix = "__Host-";

    public static string? ReadSession(HttpRequest request) => request.Cookies[SessionName(request)];

    public static void GiveSession(HttpContext context, string value) => Give(context, SessionName(context.Request), value);

    public static void TakeSession(HttpContext context) => context.Response.Cookies.Delete(SessionName(context.Request), Options(context.Request));

    public static string? ReadMachine(HttpRequest request) => request.Cookies[MachineName(request)];

    public static void GiveMachine(HttpContext context, string value) => Give(context, MachineName(context.Request), value);

    public static string? ReadLink(HttpRequest request) => request.Cookies[LinkName(request)];

    public static void GiveLink(HttpContext context, string value, TimeSpan lifetime) => Give(context, LinkName(context.Request), value, lifetime);

    private static string SessionName(HttpRequest request) => Name(request, "session");

    private static string MachineName(HttpRequest request) => Name(request, "machine");

    private static string LinkName(HttpRequest request) => Name(request, "link");

    private static string Name(HttpRequest request, string what) => $"{(request.IsTls() ? HostPrefix : "")}{Prefix}{what}-{request.PublicPort()}";

    private static void Give(HttpContext context, string name, string value, TimeSpan? lifetime = null)
    {
        var options = Options(context.Request);
        options.MaxAge = lifetime ?? Sessions.Lifetime;
        context.Response.Cookies.Append(name, value, options);
    }

    private static CookieOptions Options(HttpRequest request) => new() { Path = "/", HttpOnly = true, SameSite = SameSiteMode.Lax, Secure = request.IsTls() };
}
