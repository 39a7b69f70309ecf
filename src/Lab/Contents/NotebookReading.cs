using System.Buffers;
using System.Security.Cryptography;
using Holdfast.Lab.Http;
using Holdfast.Notebooks;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Contents;

/// <summary>
/// GET of a notebook: read, parsed, and written as Jupyter's model straight into the response. Its hash is that of everything but outputs
/// and counts, so that a run does not look like somebody else's change.
/// </summary>
internal static class NotebookReading
{
    public static async Task<ContentsFault?> WriteAsync(HttpContext context, Entry entry, bool withContent, bool withHash)
    {
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(entry.Path.Full, context.RequestAborted);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return ContentsFault.Of(entry.Path, fault);
        }
        var readable = NotebookDocument.Parse(bytes).TryGet(out var notebook, out var unreadable);
        if (withContent && !readable)
            return ContentsFault.Bad($"Unreadable Notebook: {entry.Path.Api}. {unreadable!.Message} As it is, it opens with the text editor.");
        var hash = withHash ? Convert.ToHexStringLower(notebook?.SourceHash() ?? SHA256.HashData(bytes)) : null;
        await using var json = ApiJson.Begin(context);
        if (!withContent)
        {
            entry.Write(json, hash);
            return null;
        }
        json.WriteStartObject();
        entry.WriteMembers(json, format: "json", hash: hash);
        json.Flush();
        var response = context.Response.BodyWriter;
        response.Write(",\"content\":"u8);
        notebook!.WriteJupyterModel(response);
        response.Write("}"u8);
        return null;
    }
}
