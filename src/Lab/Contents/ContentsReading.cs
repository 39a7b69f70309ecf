using System.Buffers;
using System.Text.Json;
using Holdfast.Lab.Http;
using Holdfast.Lab.Recording;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Contents;

/// <summary>GET of a file, notebook or folder.</summary>
internal sealed class ContentsReading(LabOptions options, NotebookTrust trust, Recorder? recorder = null)
{
    private const int Step = 3 << 15; // a multiple of three: base64 is written in pieces without padding

    public async Task GetAsync(HttpContext context, ContentsPath path)
    {
        var query = context.Request.Query;
        string? type = query["type"];
        if (type is not (null or Entry.File or Entry.Notebook or Entry.Folder))
            type = Entry.File;
        string? format = query["format"];
        string content = query["content"].ToString() is { Length: > 0 } given ? given : "1";
        string hash = query["hash"].ToString() is { Length: > 0 } asked ? asked : "0";
        var fault =
            format is not (null or "text" or "base64") ? ContentsFault.Bad($"Format '{format}' is invalid")
            : content is not ("0" or "1") ? ContentsFault.Bad($"Content '{content}' is invalid")
            : hash is not ("0" or "1") ? ContentsFault.Bad($"Hash argument '{hash}' is invalid. It must be '0' or '1'.")
            : !options.AllowHidden && path.IsHidden() ? ContentsFault.Missing(path)
            : null;
        if (fault is null && Entry.At(path, type) is { } entry)
        {
            entry = entry.WithSourceTime(recorder);
            context.Response.Headers.LastModified = entry.Status.Modified.ToString("R");
            fault = entry.Type switch
            {
                Entry.Folder when type is not (null or Entry.Folder) => ContentsFault.Bad($"{path.Api} is a directory, not a {type}", "bad type"),
                Entry.Folder => await FolderAsync(context, entry, content == "1"),
                _ when type == Entry.Folder => ContentsFault.Bad($"{path.Api} is not a directory", "bad type"),
                _ => await FileAsync(context, entry, format, content == "1", hash == "1"),
            };
        }
        else
            fault ??= ContentsFault.Missing(path);
        if (fault is not null)
            await ApiError.WriteAsync(context, fault.Status, fault.Message, fault.Reason);
    }

    private async Task<ContentsFault?> FolderAsync(HttpContext context, Entry folder, bool withContent)
    {
        await using var json = ApiJson.Begin(context);
        if (!withContent)
            folder.Write(json);
        else
            await FolderListing.WriteAsync(json, folder, options, () => FlushAsync(json, context));
        return null;
    }

    private async Task<ContentsFault?> FileAsync(HttpContext context, Entry entry, string? format, bool withContent, bool withHash)
    {
        if (!entry.Status.IsFile)
            return ContentsFault.NoFile(entry.Path);
        if (!withContent && !withHash)
        {
            await using var brief = ApiJson.Begin(context);
            entry.Write(brief);
            return null;
        }
        if (entry.Type == Entry.Notebook)
            return await NotebookReading.WriteAsync(context, entry, withContent, withHash, trust, recorder);
        FileStream file;
        try
        {
            file = new FileStream(entry.Path.Full, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return ContentsFault.Of(entry.Path, fault);
        }
        await using var opened = file;
        var (isText, hash) = FileScan.Of(file, checkText: withContent && format != "base64", withHash);
        if (format == "text" && !isText)
            return ContentsFault.Bad($"{entry.Path.Api} is not UTF-8 encoded", "bad format");
        await using var json = ApiJson.Begin(context);
        if (!withContent)
        {
            entry.Write(json, hash);
            return null;
        }
        format ??= isText ? "text" : "base64";
        json.WriteStartObject();
        entry.WriteMembers(json, format, MimeTypes.Guess(entry.Path.Name).Type ?? (format == "text" ? "text/plain" : "application/octet-stream"), hash);
        json.WritePropertyName("content"u8);
        await WriteContentAsync(context, json, file, format == "text");
        json.WriteEndObject();
        return null;
    }

    private static async Task WriteContentAsync(HttpContext context, Utf8JsonWriter json, FileStream file, bool asText)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Step);
        try
        {
            file.Position = 0;
            for (var last = false; !last;)
            {
                var read = await file.ReadAtLeastAsync(buffer.AsMemory(0, Step), Step, throwOnEndOfStream: false, context.RequestAborted);
                last = read < Step;
                if (asText)
                    json.WriteStringValueSegment(buffer.AsSpan(0, read), last);
                else
                    json.WriteBase64StringSegment(buffer.AsSpan(0, read), last);
                await FlushAsync(json, context);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task FlushAsync(Utf8JsonWriter json, HttpContext context)
    {
        json.Flush();
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
