using System.IO.Compression;
using Holdfast.Hub.Api;
using Holdfast.Hub.Jobs;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Rendering;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Holdfast.Hub.Output;

/// <summary>Artifacts as HTTP answers. Their content is foreign: what is shown is shown as if from a site of its own, and has no network.</summary>
internal sealed class ArtifactAnswer(JobArtifacts artifacts)
{
    /// <summary>The whole of a notebook is read to show it.</summary>
    private const long LargestNotebook = 64 << 20;
    private const int RefreshSeconds = 5;
    private const string Nothing = "default-src 'none'; img-src data: blob:; media-src data: blob:; font-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; ";
    private const string Still = $"{Nothing}sandbox";
    /// <summary>Its scripts run, in an origin that is nobody's: they reach neither the hub nor anything else.</summary>
    private const string Moving = $"{Nothing}script-src 'unsafe-inline' 'unsafe-eval'; sandbox allow-scripts";

    /// <summary>A file to be kept, or a part of it.</summary>
    public IResult Download(JobRecord job, string path) => artifacts.Open(job, path, out var modified) is { } file
        ? TypedResults.Stream(file, "application/octet-stream", Path.GetFileName(path), modified, TagOf(file, modified), enableRangeProcessing: true)
        : Missing(path);

    /// <summary>A file to be looked at.</summary>
    public IResult View(HttpContext context, JobRecord job, string path)
    {
        if (ArtifactKind.TypeOf(path) is not { } type) return Cannot($"{path} cannot be shown; without 'view' it is sent as it is.");
        var kind = ArtifactKind.Of(path);
        if (artifacts.Open(job, path, out var modified) is not { } file) return Missing(path);
        context.Response.Headers.ContentSecurityPolicy = kind is ArtifactKind.Notebook or ArtifactKind.Page ? Moving : Still;
        if (kind != ArtifactKind.Notebook) return TypedResults.Stream(file, type, null, modified, TagOf(file, modified), enableRangeProcessing: true);
        using (file)
        {
            if (file.Length > LargestNotebook) return Cannot($"{path} is too large to be shown; without 'view' it is sent as it is.");
            var bytes = new byte[file.Length];
            var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
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
        foreach (var artifact in artifacts.All(job))
        {
            await using var file = artifacts.Open(job, artifact.Path, out var modified);
            if (file is null) continue;
            var entry = zip.CreateEntry(artifact.Path, CompressionLevel.Fastest);
            entry.LastWriteTime = modified.Year >= 1980 ? modified : new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
            await using var to = await entry.OpenAsync(cancellationToken);
            await file.CopyToAsync(to, cancellationToken);
        }
    }

    private static EntityTagHeaderValue TagOf(FileStream file, DateTimeOffset modified) => new($"\"{modified.ToUnixTimeSeconds():x}-{file.Length:x}\"");

    private static IResult Missing(string path) => Answer.Fault(new HubFault("not-found", $"This job has no artifact {path}; 'holdfast job artifacts' lists them."));

    private static IResult Cannot(string message) => Answer.Fault(new HubFault("bad-request", message));
}
