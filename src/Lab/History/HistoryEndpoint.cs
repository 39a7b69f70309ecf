using System.Globalization;
using Holdfast.History;
using Holdfast.Lab.Contents;
using Holdfast.Lab.Events;
using Holdfast.Lab.Http;
using Holdfast.Lab.Recording;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Comparing;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.History;

/// <summary>The routes of <c>/api/history</c>. What may be seen and changed is what the contents API lets be seen and changed.</summary>
internal sealed class HistoryEndpoint(LabOptions options, NotebookHistory history, NotebookTurns turns, LabEvents events, TimeProvider time)
{
    /// <summary><c>GET ?path=</c>: the versions, newest first.</summary>
    public Task ListAsync(HttpContext context) => WithStoreAsync(context, context.Request.Query["path"], async (path, store) =>
    {
        await using var json = ApiJson.Begin(context);
        json.WriteStartObject();
        json.WriteString("path"u8, path.Api);
        json.WriteBoolean("kept"u8, history.IsKept);
        json.WriteStartArray("versions"u8);
        foreach (var version in store?.List(path.Full) ?? [])
            HistoryJson.Write(json, version);
        json.WriteEndArray();
        json.WriteEndObject();
        return null;
    });

    /// <summary><c>GET ?path=&amp;version=</c>: the bytes of one version, as a download.</summary>
    public Task VersionAsync(HttpContext context) => WithStoreAsync(context, context.Request.Query["path"], async (path, store) =>
    {
        if (Number(context, "version") is not { } number || store?.Read(path.Full, number) is not { } bytes)
            return NoVersion(path, context.Request.Query["version"]);
        context.Response.ContentType = "application/x-ipynb+json";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.ContentSecurityPolicy = "frame-ancestors 'self'; sandbox";
        context.Response.Headers.ContentDisposition = $"attachment; filename*=utf-8''{Uri.EscapeDataString(path.Name)}";
        await context.Response.BodyWriter.WriteAsync(bytes, context.RequestAborted);
        return null;
    });

    /// <summary><c>GET ?path=&amp;from=&amp;to=</c>: the cells that differ; without <c>to</c>, from the file as it is.</summary>
    public Task DifferenceAsync(HttpContext context) => WithStoreAsync(context, context.Request.Query["path"], async (path, store) =>
    {
        if (Number(context, "from") is not { } from || store?.Read(path.Full, from) is not { } before)
            return NoVersion(path, context.Request.Query["from"]);
        var to = Number(context, "to");
        var after = to is { } other ? store.Read(path.Full, other) : path.Status() is { IsFile: true } ? await File.ReadAllBytesAsync(path.Full, context.RequestAborted) : [];
        if (after is null)
            return NoVersion(path, context.Request.Query["to"]);
        var (old, now) = (NotebookDocument.Parse(before).Document, NotebookDocument.Parse(after).Document);
        var comparison = old is null || now is null ? null : NotebookComparison.Of(old, now);
        await using var json = ApiJson.Begin(context);
        HistoryJson.Write(json, comparison, before.AsSpan().SequenceEqual(after) ? "no difference" : comparison is null ? ChangeWords.Of(old, now) : ChangeWords.Of(comparison));
        return null;
    });

    /// <summary><c>POST {path, version, cells?}</c>: puts a version, or cells of it by id or <c>#place</c>, into the file.</summary>
    public async Task RestoreAsync(HttpContext context)
    {
        using var body = await ApiJson.ReadObjectAsync(context);
        if (body is null)
            return;
        if (HistoryJson.ReadRestore(body.RootElement) is not { } wanted)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, "path (text), version (number) and, for single cells, cells (a list of texts) are needed");
            return;
        }
        await WithStoreAsync(context, wanted.Path, async (path, store) =>
        {
            if (store is null)
                return NoVersion(path, wanted.Version.ToString(CultureInfo.InvariantCulture));
            RestoreOutcome? outcome = null;
            if (ContentsFault.Try(path, () => outcome = NotebookRestore.Restore(store, path.Full, wanted.Version, wanted.Cells, turns, time)) is { } fault)
                return fault;
            if (outcome!.Problem is { } problem)
                return ContentsFault.Bad(problem.Replace(path.Full, path.Api, StringComparison.Ordinal));
            if (outcome.Changed)
                events.Changed("save", path.Api);
            await using var json = ApiJson.Begin(context);
            json.WriteStartObject();
            json.WriteBoolean("changed"u8, outcome.Changed);
            if (outcome.Kept is { } kept)
                json.WriteNumber("kept"u8, kept);
            json.WriteEndObject();
            return null;
        });
    }

    /// <summary>Does something with the history when the path is one that the caller may have; the store is null while there is none.</summary>
    private async Task WithStoreAsync(HttpContext context, string? api, Func<ContentsPath, HistoryStore?, Task<ContentsFault?>> act)
    {
        if (ContentsPath.Of(options, api) is not { IsRoot: false } path || !options.AllowHidden && path.IsHidden())
        {
            await ApiError.WriteAsync(context, StatusCodes.Status404NotFound, $"file or directory '{api}' does not exist");
            return;
        }
        ContentsFault? fault;
        await history.SettleAsync(context.RequestAborted);
        try
        {
            using var store = HistoryStore.OpenExisting(options.StateFolder);
            fault = await act(path, store);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException && !context.Response.HasStarted)
        {
            fault = new ContentsFault(StatusCodes.Status500InternalServerError, problem.Message);
        }
        if (fault is not null)
            await ApiError.WriteAsync(context, fault.Status, fault.Message, fault.Reason);
    }

    private static int? Number(HttpContext context, string name) =>
        int.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static ContentsFault NoVersion(ContentsPath path, string? version) =>
        new(StatusCodes.Status404NotFound, $"There is no version '{version}' of {path.Api}");
}
