using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Holdfast.Lab.Contents;
using Holdfast.Lab.Http;
using Holdfast.Lab.Recording;
using Holdfast.Notebooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Holdfast.Lab.NbConvert;

/// <summary>
/// <c>/nbconvert/FORMAT/PATH</c>, as jupyter_server's: a notebook of the folder in another form, with all outputs that are recorded of it;
/// <c>POST /nbconvert/FORMAT</c>: one that is sent; <c>/api/nbconvert</c>: the formats, from which pages make their export menu.
/// </summary>
internal static class NbConvertFeature
{
    private const string Route = "/nbconvert/{format}";

    public static void MapNbConvert(this IEndpointRouteBuilder endpoints)
    {
        var options = endpoints.ServiceProvider.GetRequiredService<LabOptions>();
        var recorder = endpoints.ServiceProvider.GetService<Recorder>();
        var installed = new InstalledNbConvert(options);
        endpoints.MapMethods("/api/nbconvert", ["GET", "HEAD"], context => ListAsync(context, installed));
        endpoints.MapMethods(Route + "/{**path}", ["GET"], context => OfFileAsync(context, options, recorder, installed));
        endpoints.MapMethods(Route, ["POST"], context => OfBodyAsync(context, installed));
    }

    private static async Task ListAsync(HttpContext context, InstalledNbConvert installed)
    {
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        foreach (var (name, type) in NotebookFormat.All.Select(format => (format.Name, format.MimeType)).Concat(installed.Formats.Select(format => (format.Key, format.Value))))
        {
            json.WriteStartObject(name);
            json.WriteString("output_mimetype"u8, type);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static async Task OfFileAsync(HttpContext context, LabOptions options, Recorder? recorder, InstalledNbConvert installed)
    {
        if (await FormatAsync(context, installed) is not { } format)
            return;
        var tail = RequestTail.Of(context, $"/nbconvert/{context.Request.RouteValues["format"]}");
        if (ContentsPath.Of(options, tail) is not { } path || !options.AllowHidden && path.IsHidden() || path.Status() is not { } status)
        {
            await RefuseAsync(context, ContentsFault.Missing(tail));
            return;
        }
        if (!status.IsFile || !path.IsNotebook)
        {
            context.Response.Redirect($"{BaseUrl.Of(context).Prefix}files/{string.Join('/', path.Api.Split('/').Select(Uri.EscapeDataString))}");
            return;
        }
        PooledBytes bytes;
        try
        {
            bytes = PooledBytes.OfFile(path.Full);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            await RefuseAsync(context, ContentsFault.Of(path, fault));
            return;
        }
        using var owned = bytes;
        if (!NotebookDocument.Parse(bytes.Memory).TryGet(out var notebook, out var unreadable))
        {
            await RefuseAsync(context, ContentsFault.Bad($"Unreadable Notebook: {path.Api}. {unreadable.Message}"));
            return;
        }
        context.Response.Headers.LastModified = status.Modified.ToString("R");
        var folded = recorder?.Fold(path.Api, notebook).Document ?? notebook;
        await SendAsync(context, format, folded, Path.GetFileNameWithoutExtension(path.Name));
    }

    private static async Task OfBodyAsync(HttpContext context, InstalledNbConvert installed)
    {
        if (await FormatAsync(context, installed) is not { } format || await ApiJson.ReadObjectAsync(context) is not { } body)
            return;
        using var owned = body;
        var name = body.RootElement.TryGetProperty("name"u8, out var named) && named.ValueKind == JsonValueKind.String ? named.GetString()!.Replace('\0', '_') : "notebook.ipynb";
        var content = body.RootElement.TryGetProperty("content"u8, out var sent) ? sent.GetRawText() : "null";
        if (NotebookDocument.Parse(Encoding.UTF8.GetBytes(content)).TryGet(out var notebook, out var fault))
            await SendAsync(context, format, notebook, Path.GetFileNameWithoutExtension(name));
        else
            await RefuseAsync(context, ContentsFault.Bad($"The content is not a notebook. {fault.Message}"));
    }

    private static async Task SendAsync(HttpContext context, NotebookFormat format, NotebookDocument notebook, string name)
    {
        var response = context.Response;
        var (made, failure) = await format.MakeAsync(notebook, name, context.RequestAborted);
        if (made is null)
        {
            await RefuseAsync(context, new ContentsFault(StatusCodes.Status500InternalServerError, $"nbconvert failed: {failure ?? "it made nothing."}"));
            return;
        }
        // What a notebook holds must not act with the user's rights: it runs as if from a site of its own.
        response.Headers.ContentSecurityPolicy = "frame-ancestors 'self'; sandbox allow-scripts";
        response.Headers.CacheControl = "no-store";
        var isZip = made.Files.Count > 0;
        if (isZip || context.Request.Query["download"].ToString().Equals("true", StringComparison.OrdinalIgnoreCase))
            response.Headers.ContentDisposition = $"attachment; filename*=utf-8''{Uri.EscapeDataString(name + (isZip ? ".zip" : made.Extension))}";
        response.ContentType = isZip ? "application/zip" : made.MimeType.StartsWith("text/", StringComparison.Ordinal) || made.MimeType == "application/json" ? $"{made.MimeType}; charset=utf-8" : made.MimeType;
        var content = isZip ? Zip(made, name) : made.Content;
        response.ContentLength = content.Length;
        await response.BodyWriter.WriteAsync(content, context.RequestAborted);
    }

    private static ReadOnlyMemory<byte> Zip(ConvertedNotebook made, string name)
    {
        var whole = new MemoryStream();
        using (var zip = new ZipArchive(whole, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(zip, name + made.Extension, made.Content.Span);
            foreach (var (path, content) in made.Files)
                Add(zip, path, content);
        }
        return whole.GetBuffer().AsMemory(0, (int)whole.Length);

        static void Add(ZipArchive zip, string path, ReadOnlySpan<byte> content)
        {
            using var entry = zip.CreateEntry(path).Open();
            entry.Write(content);
        }
    }

    /// <summary>The format that the address names; null, and the answer is written, when there is none.</summary>
    private static async Task<NotebookFormat?> FormatAsync(HttpContext context, InstalledNbConvert installed)
    {
        var name = context.Request.RouteValues["format"] as string ?? "";
        var format = NotebookFormat.All.FirstOrDefault(format => format.Name == (name == "python" ? "script" : name)); // nbconvert's name for the script of a Python notebook
        if (format is null && installed.Formats.TryGetValue(name, out var type))
            format = new NotebookFormat(name, type, (notebook, title, cancel) => installed.ConvertAsync(notebook, title, name, cancel));
        if (format is null)
            await RefuseAsync(context, new ContentsFault(StatusCodes.Status404NotFound, $"No exporter for format: {name}. There are {string.Join(", ", NotebookFormat.All.Select(known => known.Name).Concat(installed.Formats.Keys))}."));
        return format;
    }

    private static Task RefuseAsync(HttpContext context, ContentsFault fault) => context.Request.IsRead()
        ? Page.WriteAsync(context, $"{fault.Status} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(fault.Status)}", $"<p>{Page.Text(fault.Message)}</p>", fault.Status)
        : ApiError.WriteAsync(context, fault.Status, fault.Message, fault.Reason);
}
