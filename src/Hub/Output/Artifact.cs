namespace Holdfast.Hub.Output;

/// <summary>A file in a job's output folder.</summary>
/// <param name="Path">From the output folder on.</param>
/// <param name="Kind"><c>notebook</c>, <c>image</c>, <c>page</c> (HTML) and <c>text</c> can be shown, <c>file</c> not; by the name alone.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">When it was written last.</param>
public sealed record Artifact(string Path, string Kind, long Size, DateTimeOffset Modified);

/// <summary>Some of a job's artifacts, by path.</summary>
/// <param name="Artifacts">Files only; a link is one where it leads to a file of the team's storage.</param>
/// <param name="Next">The <c>after</c> that gives those after them; null when there are no more.</param>
public sealed record ArtifactList(IReadOnlyList<Artifact> Artifacts, string? Next);
