using Holdfast.Hub.Api;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Output;

namespace Holdfast.Hub.Pages;

/// <summary>The files of a job's output folder: pictures are shown, what can be looked at has a link for it, all can be had.</summary>
internal sealed class ArtifactsPart(OutputFiles artifacts, TimeProvider time)
{
    private const int AtOnce = 100, MostPictures = 6;
    private const long LargestPicture = 5_000_000;

    /// <param name="job">Whose.</param>
    /// <param name="after">A path; null for the first ones.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Html> DrawAsync(JobRecord job, string? after, CancellationToken cancellationToken)
    {
        var found = await artifacts.ListAsync(job, after, AtOnce, cancellationToken);
        if (!found.Ok) return $"""<section><h2>Output</h2><p class="hint"><code>{PlaceOf(job)}</code></p>{HubPage.Wrong(found.Fault.Message)}</section>""";
        var list = found.Value;
        if (list.Artifacts.Count == 0) return Html.If(job.IsOver, $"""<section><h2>Output</h2><p class="hint">Nothing is in <code>{PlaceOf(job)}</code>.</p></section>""");
        var pictures = list.Artifacts.Where(artifact => artifact.Kind == ArtifactKind.Image && artifact.Size <= LargestPicture).OrderByDescending(artifact => artifact.Modified).Take(MostPictures).ToList();
        return $"""
            <section><header><h2>Output</h2><a class="button slim" href="{AddressOf(job)}.zip" download>Download all</a></header><p class="hint"><code>{PlaceOf(job)}</code></p>
            {Html.If(pictures.Count > 0, $"""<div class="pictures">{pictures.Select(picture => Picture(job, picture))}</div>""")}
            <div class="scroll" tabindex="0"><table class="same"><thead><tr><th scope="col">File</th><th scope="col" class="n">Size</th><th scope="col">Written</th><th scope="col"><span class="away">What can be done</span></th></tr></thead><tbody>{list.Artifacts.Select(artifact => Row(job, artifact))}</tbody></table></div>
            {Html.If(list.Next is not null, $"""<p><a class="button slim" href="/jobs/{job.Id}?after={Uri.EscapeDataString(list.Next ?? "")}">More files</a></p>""")}</section>
            """;
    }

    private static string PlaceOf(JobRecord job) => job.Store ?? job.Output;

    private Html Row(JobRecord job, Artifact artifact) => $"""
        <tr><td>{(artifact.Kind == ArtifactKind.File ? (Html)$"<code class=\"path\">{artifact.Path}</code>" : $"""<a href="{ViewOf(job, artifact)}" target="_blank" rel="noopener"><code class="path">{artifact.Path}</code></a>""")}</td><td class="n">{Words.Size(artifact.Size)}</td><td class="time">{Words.At(artifact.Modified, Words.Ago(artifact.Modified, time.GetUtcNow()))}</td>
        <td class="n"><a href="{AddressOf(job, artifact.Path)}" download aria-label="Download {artifact.Path}">Download</a></td></tr>
        """;

    private static Html Picture(JobRecord job, Artifact artifact) => $"""
        <a href="{ViewOf(job, artifact)}" target="_blank" rel="noopener"><img src="{ViewOf(job, artifact)}" alt="{artifact.Path}" loading="lazy"><span class="hint">{artifact.Path}</span></a>
        """;

    /// <summary>With its time: a file that was written again is another picture.</summary>
    private static string ViewOf(JobRecord job, Artifact artifact) => $"{AddressOf(job, artifact.Path)}?view=true{(artifact.Kind == ArtifactKind.Image ? $"&at={artifact.Modified.ToUnixTimeSeconds():x}" : "")}";

    private static string AddressOf(JobRecord job, string? path = null) =>
        $"{ApiFeature.Root}/jobs/{job.Id}/artifacts{(path is null ? "" : $"/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}")}";
}
