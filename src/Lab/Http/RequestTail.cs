using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Holdfast.Lab.Http;

/// <summary>
/// The part of a request's path after its route, decoded once and whole. The server's own <c>Path</c> keeps <c>%2F</c> encoded, so that a
/// client that encodes slashes (workspace ids) and a file whose name holds <c>%2F</c> could not be told apart.
/// </summary>
internal static class RequestTail
{
    /// <summary>What follows <paramref name="prefix"/> (beginning with <c>/</c>, no trailing one), without leading and trailing slashes.</summary>
    public static string Of(HttpContext context, string prefix)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var query = raw.IndexOf('?', StringComparison.Ordinal);
        if (query >= 0)
            raw = raw[..query];
        var start = Skip(raw, Count(context.Request.PathBase.Value) + Count(prefix));
        // An absolute target, or one with dot segments that the server has already taken out: its Path is what counts.
        var exact = start >= 0 && raw[0] == '/' && !HasDotSegment(raw);
        var tail = exact ? Uri.UnescapeDataString(raw[start..]) : context.Request.Path.Value![prefix.Length..];
        return tail.Trim('/');
    }

    private static int Count(string? path) => path is null ? 0 : path.AsSpan().TrimEnd('/').Count('/');

    private static int Skip(string raw, int segments)
    {
        var at = 0;
        for (; segments > 0; segments--)
        {
            if (at >= raw.Length || raw[at] != '/')
                return -1;
            var next = raw.IndexOf('/', at + 1);
            at = next < 0 ? raw.Length : next;
        }
        return at;
    }

    /// <summary>
    /// Whether the address was written with <c>.</c> or <c>..</c> between its slashes, encoded or not. Browsers and libraries take them out
    /// before they ask; where they come they mean to reach what the rules of the route would not let them.
    /// </summary>
    public static bool HasDotSegment(HttpContext context)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        return HasDotSegment(raw.IndexOf('?', StringComparison.Ordinal) is >= 0 and var query ? raw[..query] : raw);
    }

    private static bool HasDotSegment(string raw)
    {
        foreach (var range in raw.AsSpan().Split('/'))
            // ".." is six characters at its longest.
            if (raw.AsSpan(range) is ['.' or '%', ..] and { Length: <= 6 } && Uri.UnescapeDataString(raw[range]) is "." or "..")
                return true;
        return false;
    }
}
