using System.IO.Compression;
using Holdfast.Hub.Api;
using Holdfast.Hub.Jobs;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Rendering;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Holdfast.Hub.Output;

/// <summary>Artifacts as HTTP answers. Their content is foreign: what is shown is shown as if from a site of its own, and has no network.</summary>
internal sealed class ArtifactAnswer(OutputFiles artifacts)
{
    /// <summary>The whole of a notebook is read to show it.</summary>
    private const long LargestNotebook = 64 << 20;
    private const int RefreshSeconds = 5;
    private const string Nothing = "default-src 'none'; img-src data: blob:; media-src data: blob:; font-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; ";
    private const string Still = $"{Nothing}sandbox";
    /// <summary>Its scripts run, in an origin that is nobody's: they reach neither the hub nor anything else.</summary>
    private const string Moving = $"{Nothing}script-src 'unsafe-inline' 'unsafe-eval'; sandbox allow-scripts";

    /// <summary>A file to be kept, or a part of it.</summary>
    public async Task<IResult> DownloadAsync(HttpContext context, JobRecord job, string path)
    {
        var opened = await artifacts.OpenAsync(job, path, context.RequestAborted);
        if (opened.Fault is { } away) return Answer.Fault(away);
        return opened.Value is { } file ? TypedResults.Stream(file.Content, "application/octet-stream", Path.GetFileName(path), file.Modified, TagOf(file), enableRangeProcessing: true) : Missing(path);
    }

    /// <summary>A file to be looked at.</summary>
    public async Task<IResult> ViewAsync(HttpContext context, JobRecord job, string path)
    {
        if (ArtifactKind.TypeOf(path) is not { } type) return Cannot($"{path} cannot be shown; without 'view' it is sent as it is.");
        var kind = ArtifactKind.Of(path);
        var opened = await artifacts.OpenAsync(job, path, context.RequestAborted);
        if (opened.Fault is { } away) return Answer.Fault(away);
        if (opened.Value is not { } file) return Missing(path);
        context.Response.Headers.ContentSecurityPolicy = kind is ArtifactKind.Notebook or ArtifactKind.Page ? Moving : Still;
        if (kind != ArtifactKind.Notebook) return TypedResults.Stream(file.Content, type, null, file.Modified, TagOf(file), enableRangeProcessing: true);
        await using (file)
        {
            if (file.Content.Length > LargestNotebook) return Cannot($"{path} is too large to be shown; without 'view' it is sent as it is.");
            var bytes = new byte[file.Content.Length];
            var read = await file.Content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, context.RequestAborted);
            if (!NotebookDocument.Parse(bytes.AsMemory(0, read)).TryGet(out var notebook, out var fault)) return Cannot($"{path} is no notebook that can be read: {fault.Message}");
            // While the job runs its notebook grows.
            if (!job.IsOver) context.Response.Headers["Refresh"] = $"{RefreshSeconds}";
            return TypedResults.Text(NotebookHtml.Of(notebook, NotebookHtml.TitleOf(notebook) ?? Path.GetFileName(path), new HtmlOptions { Math = MathSetter.OfProgram }), type);
        }
    }

    /// <summary>All files of a job in one, as they are when they are reached.</summary>
    public async Task WriteZipAsync(HttpContext context, JobRecord job)
    {
        context.Response.ContentType = "application/zip";
        context.Response.Headers.ContentDisposition = $"attachment; filename*=utf-8''{Uri.EscapeDataString($"{job.Spec.Name}-{job.Id}.zip")}";
        var cancellationToken = context.RequestAborted;
        await using var zip = await ZipArchive.CreateAsync(context.Response.BodyWriter.AsStream(), ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        await foreach (var artifact in artifacts.AllAsync(job, cancellationToken))
        {
            var opened = await artifacts.OpenAsync(job, artifact.Path, cancellationToken);
            // Half an archive must not look whole.
            if (opened.Fault is { } fault) throw new IOException(fault.Message);
            if (opened.Value is not { } file) continue;
            await using var _ = file;
            var entry = zip.CreateEntry(artifact.Path, CompressionLevel.Fastest);
            entry.LastWriteTime = file.Modified.Year >= 1980 ? file.Modified : new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            await using var to = await entry.OpenAsync(cancellationToken);
            await file.Content.CopyToAsync(to, cancellationToken);
        }
    }

    private static EntityTagHeaderValue TagOf(ArtifactContent file) => new($"\"{file.Tag}\"");

    private static IResult Missing(string path) => Answer.Fault(new HubFault("not-found", $"This job has no artifact {path}; 'holdfast job artifacts' lists them."));

    private static IResult Cannot(string message) => Answer.Fault(new HubFault("bad-request", message));
}
