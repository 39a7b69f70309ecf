using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Http;

/// <summary>The last line: unhandled exceptions, and answers that nobody gave a body.</summary>
internal static class Faults
{
    /// <summary>
    /// How the JSON reader marks a text that is asked for and is none (<c>"\ud800"</c>): not when the JSON is read, but wherever a text is taken from it.
    /// </summary>
    private const string NoText = "System.Text.Json.Rethrowable";

    public static void UseFaults(this IApplicationBuilder app)
    {
        var log = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger("Holdfast.Lab");
        app.Use(next => async context =>
        {
            try
            {
                await next(context);
            }
            catch (Exception) when (context.RequestAborted.IsCancellationRequested)
            {
                // The client has gone; nobody is left to answer.
                return;
            }
            catch (BadHttpRequestException fault)
            {
                context.Response.StatusCode = fault.StatusCode;
            }
            catch (InvalidOperationException fault) when (fault.Source == NoText && !context.Response.HasStarted)
            {
                context.Response.Clear();
                Access.SecurityHeaders.Set(context);
                await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, "Invalid JSON in body of request: half of a surrogate pair is no text");
                return;
            }
            catch (Exception fault)
            {
                HttpLog.Unhandled(log, context.Request.Method, context.Request.Path.Value, fault);
                if (context.Response.HasStarted)
                {
                    context.Abort();
                    return;
                }
                context.Response.Clear();
                Access.SecurityHeaders.Set(context);
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            }
            await GiveBodyAsync(context);
        });
    }

    private static Task GiveBodyAsync(HttpContext context)
    {
        var response = context.Response;
        if (response.StatusCode < 400 || response.HasStarted || response.ContentType is not null)
            return Task.CompletedTask;
        var (message, mend) = response.StatusCode switch
        {
            StatusCodes.Status403Forbidden => ("Forbidden", "You are not logged in, or this is not yours to see."),
            StatusCodes.Status404NotFound => ("Not Found", "There is nothing at this address."),
            StatusCodes.Status405MethodNotAllowed => ("Method Not Allowed", "This address does not take that kind of request."),
            StatusCodes.Status413PayloadTooLarge => ("Request too large", "Send large files in chunks."),
            StatusCodes.Status414UriTooLong => ("The address is too long", "8 KiB is the limit."),
            StatusCodes.Status431RequestHeaderFieldsTooLarge => ("The headers are too long", "Clear this site's cookies, and load the page again."),
            StatusCodes.Status500InternalServerError => ("Unhandled error", "Something went wrong here; the lab's log says more."),
            _ => (Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(response.StatusCode), ""),
        };
        if (context.Request.IsApi() || !context.Request.IsRead())
            return ApiError.WriteAsync(context, response.StatusCode, message);
        return Page.WriteAsync(context, $"{response.StatusCode} {message}", $"""<p>{mend}</p><p><a href="{Page.Text(BaseUrl.Of(context).Prefix)}lab">Open the lab</a></p>""", response.StatusCode);
    }
}
