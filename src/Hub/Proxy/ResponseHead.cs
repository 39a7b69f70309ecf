using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Holdfast.Hub.Proxy;

/// <summary>What of an answer's head goes on to the client: all but what concerns one connection only.</summary>
internal static class ResponseHead
{
    /// <param name="from">The machine's answer.</param>
    /// <param name="context">The request; its answer gets status and headers.</param>
    public static void Copy(HttpResponseMessage from, HttpContext context)
    {
        context.Response.StatusCode = (int)from.StatusCode;
        context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = from.ReasonPhrase;
        Copy(from.Headers.NonValidated, context, from.Headers.NonValidated.Contains(HeaderNames.Connection) ? from.Headers.Connection : null);
        Copy(from.Content.Headers.NonValidated, context, null);
    }

    private static void Copy(HttpHeadersNonValidated headers, HttpContext context, HttpHeaderValueCollection<string>? byConnection)
    {
        var to = context.Response.Headers;
        foreach (var (name, values) in headers)
        {
            if (RequestHead.OfOneConnection.Contains(name) || byConnection?.Contains(name, StringComparer.OrdinalIgnoreCase) == true) continue;
            to[name] = values.Count == 1 ? values.ToString() : values.ToArray();
        }
    }
}
