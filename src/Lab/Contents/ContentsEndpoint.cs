using System.Text.Json;
using Holdfast.History;
using Holdfast.Lab.Events;
using Holdfast.Lab.History;
using Holdfast.Lab.Http;
using Holdfast.Lab.Recording;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Contents;

/// <summary>The routes of <c>/api/contents</c>: which part does what is asked, and how the answer looks.</summary>
internal sealed class ContentsEndpoint(
    LabOptions options, ContentsReading reading, ContentsSaving saving, ContentsMoving moving, NotebookTrust trust, NotebookHistory history, LabEvents events, IdleMemory memory,
    ILogger<ContentsEndpoint> log, Recorder? recorder = null)
{
    public const string Route = "/api/contents";
    private const long Large = 4 << 20;

    public async Task HandleAsync(HttpContext context)
    {
        if (ContentsPath.Of(options, RequestTail.Of(context, Route)) is not { } path)
        {
            await FailAsync(context, new ContentsFault(StatusCodes.Status404NotFound, "That path leads outside the root folder"));
            return;
        }
        if (OwnRoute(path) is { } own)
        {
            await OwnAsync(context, own.File, own.Verb, own.Id);
            return;
        }
        if (context.Request.ContentLength > Large || path.IsNotebook && path.Status()?.Size > Large)
            memory.Used();
        await (context.Request.Method switch
        {
            "GET" => reading.GetAsync(context, path),
            "DELETE" => DeleteAsync(context, path),
            "PATCH" => WithBodyAsync(context, path, RenameAsync),
            "POST" => WithBodyAsync(context, path, PostAsync),
            _ => WithBodyAsync(context, path, PutAsync),
        });
    }

    /// <summary>Answers what has come of a file's upload: docs/uploads.md.</summary>
    public async Task BeginUploadAsync(HttpContext context)
    {
        using var body = await ApiJson.ReadObjectAsync(context);
        if (body is null)
            return;
        string Text(string name) => body.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        List<byte[]> hashes = [];
        var fault = ContentsPath.Of(options, Text("path")) is { } path ? saving.BeginUpload(path, Text("upload"), out hashes) : ContentsFault.Missing(Text("path"));
        if (fault is not null)
        {
            await FailAsync(context, fault);
            return;
        }
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteNumber("block"u8, ResumedUploads.Block);
        json.WriteStartArray("sha256"u8);
        foreach (var hash in hashes)
            json.WriteBase64StringValue(hash);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>
    /// Takes apart <c>FILE/checkpoints[/ID]</c> and <c>FILE/trust</c>. Folders have none, so that a folder named <c>checkpoints</c> in a folder
    /// stays reachable.
    /// </summary>
    private static (ContentsPath File, string Verb, string? Id)? OwnRoute(ContentsPath path)
    {
        var (file, verb, id) = path.Name is "checkpoints" or "trust" ? (path.Parent, path.Name, null)
            : path.Parent.Name is "checkpoints" ? (path.Parent.Parent, "checkpoints", (string?)path.Name)
            : (path, "", null);
        return verb.Length == 0 || file.Status() is { IsFolder: true } ? null : (file, verb, id);
    }

    private Task OwnAsync(HttpContext context, ContentsPath file, string verb, string? id)
    {
        if (!options.AllowHidden && file.IsHidden())
            return FailAsync(context, ContentsFault.Missing(file));
        return (verb, id, context.Request.Method) switch
        {
            ("checkpoints", null, "GET") => Checkpoints.ListAsync(context, file),
            ("checkpoints", null, "POST") => Checkpoints.Make(file) is { } fault ? FailAsync(context, fault) : Checkpoints.MadeAsync(context, file),
            ("checkpoints", not null, "POST") => EmptyAsync(Restore(file, id!), StatusCodes.Status204NoContent),
            ("checkpoints", not null, "DELETE") => EmptyAsync(Checkpoints.Delete(file, id!), StatusCodes.Status204NoContent),
            ("trust", null, "POST") => EmptyAsync(trust.Trust(file), StatusCodes.Status201Created),
            _ => EmptyAsync(null, StatusCodes.Status405MethodNotAllowed),
        };

        Task EmptyAsync(ContentsFault? fault, int status)
        {
            if (fault is not null)
                return FailAsync(context, fault);
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        }
    }

    private ContentsFault? Restore(ContentsPath file, string checkpoint)
    {
        if (file.IsNotebook)
            history.Before(file.Full);
        var fault = Checkpoints.Restore(file, checkpoint);
        if (file.IsNotebook && fault is null)
            history.Note(file.Full, VersionKind.Save);
        return fault;
    }

    private async Task PutAsync(HttpContext context, ContentsPath path, ContentsBody body)
    {
        if (body.IsEmpty)
        {
            await AnswerAsync(context, saving.CreateUntitled(path, null, null), StatusCodes.Status201Created);
            return;
        }
        if (!string.IsNullOrEmpty(body.CopyFrom))
        {
            await FailAsync(context, ContentsFault.Bad("Cannot copy with PUT, only POST"));
            return;
        }
        // What the model calls itself is held to the same rules as the address.
        if (!options.AllowHidden && !string.IsNullOrEmpty(body.Path) && ContentsPath.Of(options, body.Path)?.IsHidden() != false)
        {
            await FailAsync(context, ContentsFault.Bad($"Cannot create file or directory '{path.Api}'"));
            return;
        }
        var exists = path.Status() is { IsFolder: false };
        if (body.Chunk is null or -1)
            ContentsLog.Saving(log, path.Api);
        // A notebook saved as one notes its versions itself.
        var isOtherwise = path.IsNotebook && body.Type != Entry.Notebook;
        if (exists && isOtherwise)
            history.Before(path.Full);
        var done = exists || body.Chunk is not null ? saving.Save(path, body) : saving.Create(path, body);
        if (done.Fault is null && body.Chunk is null or -1)
        {
            events.Changed("save", path.Api);
            if (isOtherwise)
                history.Note(path.Full, VersionKind.Save);
        }
        await AnswerAsync(context, done, exists || body.Chunk is not (null or 1) ? StatusCodes.Status200OK : StatusCodes.Status201Created);
    }

    private async Task PostAsync(HttpContext context, ContentsPath path, ContentsBody body)
    {
        if (path.Status() is { IsFolder: false })
            await FailAsync(context, ContentsFault.Bad("Cannot POST to files, use PUT instead."));
        else if (string.IsNullOrEmpty(body.CopyFrom))
            await AnswerAsync(context, saving.CreateUntitled(path, body.Type, body.Extension), StatusCodes.Status201Created);
        else if (ContentsPath.Of(options, body.CopyFrom) is not { } from)
            await FailAsync(context, ContentsFault.Missing(body.CopyFrom));
        else
        {
            var (made, fault) = moving.Copy(from, path);
            if (fault is null)
            {
                ContentsLog.Copied(log, from.Api, made.Api);
                events.Changed("copy", made.Api, from.Api);
            }
            await AnswerAsync(context, (Entry.At(made) is { } entry ? new Saved(entry) : null, fault), StatusCodes.Status201Created);
        }
    }

    private async Task RenameAsync(HttpContext context, ContentsPath path, ContentsBody body)
    {
        if (body.IsEmpty)
        {
            await FailAsync(context, ContentsFault.Bad("JSON body missing"));
            return;
        }
        if (ContentsPath.Of(options, body.Path ?? path.Api) is not { } to)
        {
            await FailAsync(context, new ContentsFault(StatusCodes.Status404NotFound, $"'{body.Path}' leads outside the root folder"));
            return;
        }
        var fault = moving.Rename(path, to);
        if (fault is null)
        {
            ContentsLog.Renamed(log, path.Api, to.Api);
            recorder?.Moved(path.Api, to.Api);
            history.Renamed(path.Full, to.Full);
            events.Changed("rename", to.Api, path.Api);
        }
        await AnswerAsync(context, (Entry.Named(to) is { } entry ? new Saved(entry) : null, fault), StatusCodes.Status200OK);
    }

    private async Task DeleteAsync(HttpContext context, ContentsPath path)
    {
        if (path.IsNotebook)
            history.Before(path.Full);
        if (moving.Delete(path) is { } fault)
        {
            await FailAsync(context, fault);
            return;
        }
        ContentsLog.Deleted(log, path.Api);
        events.Changed("delete", path.Api);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task WithBodyAsync(HttpContext context, ContentsPath path, Func<HttpContext, ContentsPath, ContentsBody, Task> act)
    {
        using var bytes = await PooledBytes.OfBodyAsync(context);
        var (body, fault) = ContentsBody.Parse(bytes.Memory);
        // Types that came after this one was written are files to it, as to Jupyter.
        if (body.Type is not (null or "" or Entry.File or Entry.Notebook or Entry.Folder))
            body = body with { Type = Entry.File };
        await (fault is null ? act(context, path, body with { Type = body.Type is "" ? null : body.Type }) : FailAsync(context, fault));
    }

    private static async Task AnswerAsync(HttpContext context, (Saved? Saved, ContentsFault? Fault) done, int status)
    {
        if (done.Saved is not { } saved || done.Fault is not null)
        {
            await FailAsync(context, done.Fault ?? new ContentsFault(StatusCodes.Status404NotFound, "It has gone meanwhile"));
            return;
        }
        context.Response.Headers.Location = BaseUrl.Of(context).To($"api/contents/{saved.Entry.Path.Api}");
        context.Response.Headers.LastModified = saved.Entry.Status.Modified.ToString("R");
        await using var json = ApiJson.Begin(context, status);
        saved.Entry.Write(json, saved: saved);
    }

    private static Task FailAsync(HttpContext context, ContentsFault fault) => ApiError.WriteAsync(context, fault.Status, fault.Message, fault.Reason);
}
