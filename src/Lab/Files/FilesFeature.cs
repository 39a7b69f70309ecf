using Holdfast.Lab.Contents;
using Holdfast.Lab.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;

namespace Holdfast.Lab.Files;

/// <summary><c>/files/*</c>: files as they are, for downloads, pictures in notebooks and pages in frames.</summary>
internal static class FilesFeature
{
    private const string Route = "/files";

    public static void MapFiles(this IEndpointRouteBuilder endpoints)
    {
        var options = endpoints.ServiceProvider.GetRequiredService<LabOptions>();
        endpoints.MapMethods(Route + "/{**path}", ["GET", "HEAD"], context => SendAsync(context, options));
        endpoints.MapMethods(ViewPage.Route + "/{**path}", ["GET", "HEAD"], context => ViewPage.ShowAsync(context, options));
    }

    private static async Task SendAsync(HttpContext context, LabOptions options)
    {
        var response = context.Response;
        if (ContentsPath.Of(options, RequestTail.Of(context, Route)) is not { } path || !options.AllowHidden && path.IsHidden() ||
            path.Status() is not { } status)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        if (!status.IsFile)
        {
            response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        // A page in the user's folder must not act with the user's rights: it runs as if from a site of its own.
        response.Headers.ContentSecurityPolicy = "frame-ancestors 'self'; sandbox allow-scripts";
        response.Headers.CacheControl = "no-cache";
        var modified = new DateTimeOffset(status.Modified.UtcTicks - status.Modified.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
        var tag = new EntityTagHeaderValue($"\"{status.Modified.UtcTicks:x}-{status.Size:x}\"");
        var headers = response.GetTypedHeaders();
        headers.LastModified = modified;
        headers.ETag = tag;
        response.Headers.AcceptRanges = "bytes";
        var asked = context.Request.GetTypedHeaders();
        if (IsUnchanged(asked, tag, modified))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = TypeOf(path.Name);
        if (path.IsNotebook || context.Request.Query["download"] is [{ Length: > 0 }])
            response.Headers.ContentDisposition = $"attachment; filename*=utf-8''{Uri.EscapeDataString(path.Name)}";
        var (from, length) = (0L, status.Size);
        if (asked.Range is { } range && (asked.IfRange is null || asked.IfRange.EntityTag?.Compare(tag, useStrongComparison: true) == true || asked.IfRange.LastModified == modified))
        {
            if (Slice(range, status.Size) is not { } slice)
            {
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                headers.ContentRange = new ContentRangeHeaderValue(status.Size);
                return;
            }
            (from, length) = slice;
            if (length < status.Size)
            {
                response.StatusCode = StatusCodes.Status206PartialContent;
                headers.ContentRange = new ContentRangeHeaderValue(from, from + length - 1, status.Size);
            }
        }
        response.ContentLength = length;
        if (HttpMethods.IsHead(context.Request.Method) || length == 0)
            return;
        try
        {
            await response.SendFileAsync(path.Full, from, length, context.RequestAborted);
        }
        catch (UnauthorizedAccessException) when (!response.HasStarted)
        {
            response.Clear();
            response.StatusCode = StatusCodes.Status403Forbidden;
        }
    }

    private static bool IsUnchanged(Microsoft.AspNetCore.Http.Headers.RequestHeaders asked, EntityTagHeaderValue tag, DateTimeOffset modified) =>
        asked.IfNoneMatch is { Count: > 0 } tags
            ? tags.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false))
            : asked.IfModifiedSince is { } since && modified <= since;

    /// <summary>The one range that is asked for, cut to the file; the whole file for several, which is allowed and simple; null when it lies outside.</summary>
    private static (long From, long Length)? Slice(RangeHeaderValue range, long size)
    {
        if (range.Unit != "bytes" || range.Ranges.Count != 1)
            return (0, size);
        var only = range.Ranges.First();
        var from = only.From ?? Math.Max(0, size - only.To!.Value);
        var to = only.From is null ? size - 1 : Math.Min(only.To ?? size - 1, size - 1);
        return from < size && from <= to ? (from, to - from + 1) : null;
    }

    private static string TypeOf(string name)
    {
        if (name.EndsWith(".ipynb", StringComparison.Ordinal))
            return "application/x-ipynb+json";
        return MimeTypes.Guess(name) switch
        {
            (_, "gzip") => "application/gzip",
            (_, not null) => "application/octet-stream",
            ("text/plain", _) => "text/plain; charset=UTF-8",
            (null, _) => "application/octet-stream",
            var (type, _) => type,
        };
    }
}
