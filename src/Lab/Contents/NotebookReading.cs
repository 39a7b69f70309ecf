using System.Buffers;
using System.Security.Cryptography;
using Holdfast.Lab.Http;
using Holdfast.Lab.Recording;
using Holdfast.Notebooks;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Contents;

/// <summary>
/// GET of a notebook: read, parsed, and written as Jupyter's model straight into the response. Its hash is that of everything but outputs
/// and counts, so that a run does not look like somebody else's change.
/// </summary>
internal static class NotebookReading
{
    public static async Task<ContentsFault?> WriteAsync(HttpContext context, Entry entry, bool withContent, bool withHash, NotebookTrust trust, Recorder? recorder)
    {
        PooledBytes bytes;
        try
        {
            bytes = PooledBytes.OfFile(entry.Path.Full);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return ContentsFault.Of(entry.Path, fault);
        }
        using var owned = bytes;
        var readable = NotebookDocument.Parse(bytes.Memory).TryGet(out var notebook, out var unreadable);
        if (withContent && !readable)
            return ContentsFault.Bad($"Unreadable Notebook: {entry.Path.Api}. {unreadable!.Message} As it is, it opens with the text editor.");
        var hash = withHash ? Convert.ToHexStringLower(SourceHash(recorder, entry.Path, notebook) ?? SHA256.HashData(bytes.Memory.Span)) : null;
        if (!withContent)
        {
            await using var brief = ApiJson.Begin(context);
            entry.Write(brief, hash);
            return null;
        }
        var (folded, place) = recorder?.Fold(entry.Path.Api, notebook!) ?? (notebook!, null);
        await using (var json = ApiJson.Begin(context))
        {
            json.WriteStartObject();
            entry.WriteMembers(json, format: "json", hash: hash, message: Invalid(notebook!));
            place?.Write(json);
        }
        using var model = new PieceBuffer();
        model.Write(",\"content\":"u8);
        folded.WriteJupyterModel(model, trust.IsTrusted(entry, notebook!));
        model.Write("}"u8);
        await model.SendAsync(context.Response.BodyWriter, context.RequestAborted);
        return null;
    }

    /// <summary>What JupyterLab shows of a notebook that it will not show whole, in nbformat's words; null when there is nothing to say.</summary>
    private static string? Invalid(NotebookDocument notebook)
    {
        for (var at = 0; at < notebook.Cells.Count; at++)
            if (notebook.Cells[at].Type is var type && !(type is "code" or "markdown" or "raw" || notebook.Major < 4 && type is "heading" or "html"))
                return $"Notebook validation failed: cell {at + 1} is of the type '{type}'; code, markdown and raw there are.";
        return null;
    }

    private static byte[]? SourceHash(Recorder? recorder, ContentsPath path, NotebookDocument? notebook) =>
        notebook is null ? null : recorder?.SourceHash(path.Api, notebook) ?? notebook.SourceHash();
}
