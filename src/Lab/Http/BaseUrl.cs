using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.Http;

/// <summary>The prefix of every address of this lab, percent-encoded as browsers see it: cookies are bound to that spelling.</summary>
internal sealed class BaseUrl(string configured)
{
    /// <summary>Begins and ends with <c>/</c>.</summary>
    public string Prefix { get; } =
        "/" + string.Concat(configured.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part => Uri.EscapeDataString(Uri.UnescapeDataString(part)) + "/"));

    /// <summary>The prefix decoded and without its trailing slash, as the server compares paths.</summary>
    public PathString PathBase => new(Uri.UnescapeDataString(Prefix).TrimEnd('/'));

    /// <summary>The address of a path below the prefix; each segment of <paramref name="path"/> is encoded.</summary>
    public string To(string path) => Prefix + string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    public static BaseUrl Of(HttpContext context) => context.RequestServices.GetRequiredService<BaseUrl>();
}

/// <summary>Takes the prefix off every request's path; what lies outside of it does not exist.</summary>
internal static class BaseUrlMiddleware
{
    public static void UseBaseUrl(this Microsoft.AspNetCore.Builder.IApplicationBuilder app)
    {
        var baseUrl = app.ApplicationServices.GetRequiredService<BaseUrl>();
        if (baseUrl.Prefix == "/")
            return;
        app.Use(next => context =>
        {
            if (context.Request.Path.StartsWithSegments(baseUrl.PathBase, out var inside))
            {
                context.Request.PathBase = baseUrl.PathBase;
                context.Request.Path = inside;
                return next(context);
            }
            if (context.Request.Path == "/")
                context.Response.Redirect(baseUrl.Prefix);
            else
                context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }
}
