using Holdfast.Lab.Contents;
using Holdfast.Lab.Posix;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Pages;

/// <summary>Sends files of the built page and of extensions, compressed at build time where the client takes it.</summary>
internal static class AssetFiles
{
    private const string ForEver = "public, max-age=31536000, immutable";
    private const string Revalidate = "no-cache";

    /// <summary>Sends the first of the roots' files at <paramref name="tail"/>; 404 when none has it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="roots">Folders to look in, in order.</param>
    /// <param name="tail">The path below the root, decoded.</param>
    /// <param name="immutable">Whether the name carries a hash of the content.</param>
    public static async Task SendAsync(HttpContext context, IEnumerable<string> roots, string tail, bool immutable)
    {
        foreach (var root in roots)
        {
            if (ContentsPath.Parse(root, tail) is not { IsRoot: false } path || path.Status() is not { IsFile: true } status)
                continue;
            await SendAsync(context, path, status, immutable);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private static async Task SendAsync(HttpContext context, ContentsPath path, FileStatus status, bool immutable)
    {
        var response = context.Response;
        var tag = $"\"{status.Modified.UtcTicks:x}-{status.Size:x}\"";
        response.Headers.CacheControl = immutable ? ForEver : Revalidate;
        response.Headers.ETag = tag;
        response.Headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch.Contains(tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = MimeTypes.Guess(path.Name).Type switch
        {
            null => "application/octet-stream",
            var text when text.StartsWith("text/", StringComparison.Ordinal) => text + "; charset=utf-8",
            var other => other,
        };
        var file = path.Full;
        var accepted = context.Request.Headers.AcceptEncoding.ToString();
        foreach (var (coding, suffix) in Codings)
            if (accepted.Contains(coding, StringComparison.OrdinalIgnoreCase) && FileStatus.Of(path.Full + suffix) is { IsFile: true } packed)
            {
                response.Headers.ContentEncoding = coding;
                (file, status) = (path.Full + suffix, packed);
                break;
            }
        response.ContentLength = status.Size;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.SendFileAsync(file, context.RequestAborted);
    }

    private static readonly (string Coding, string Suffix)[] Codings = [("br", ".br"), ("gzip", ".gz")];
}
