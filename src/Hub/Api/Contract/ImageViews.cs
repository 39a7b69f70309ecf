namespace Holdfast.Hub.Api.Contract;

/// <summary>An image on the hub's computer.</summary>
/// <param name="Id"><c>sha256:</c> and 64 hexadecimal digits.</param>
/// <param name="Names">Repository and tag; empty for what a newer build has taken the name of.</param>
/// <param name="Digest">The digest by which a registry knows it; null when no registry has told it.</param>
/// <param name="Size">Bytes of all of it.</param>
/// <param name="Own">Bytes that no other image has: what its removal frees.</param>
/// <param name="Shared">Bytes that other images have as well.</param>
/// <param name="Created">When it was made; null for one that was built here: builds have a fixed time.</param>
/// <param name="UsedBy">Machines, jobs and other containers that are of it.</param>
/// <param name="IsYours">Whether the caller may remove it.</param>
public sealed record ImageView(
    string Id, IReadOnlyList<string> Names, string? Digest, long Size, long Own, long Shared, DateTimeOffset? Created, IReadOnlyList<string> UsedBy, bool IsYours);

/// <summary>What was pushed, or pulled.</summary>
/// <param name="Name">By which the registry has it.</param>
/// <param name="Digest">By which the registry knows it; null when it has not told.</param>
public sealed record MovedImage(string Name, string? Digest);

/// <summary>What a removal did.</summary>
/// <param name="Names">The names that are gone.</param>
/// <param name="IsGone">Whether the image is; no while it has other names, or images are built on it.</param>
/// <param name="Freed">Bytes.</param>
public sealed record RemovedImageView(IReadOnlyList<string> Names, bool IsGone, long Freed);

/// <summary>Images that nothing uses.</summary>
/// <param name="Images">Those that would go, or that are gone.</param>
/// <param name="Frees">Bytes that their removal frees, or freed.</param>
/// <param name="Problems">Why some did not go, a sentence each.</param>
public sealed record UnusedImages(IReadOnlyList<ImageView> Images, long Frees, IReadOnlyList<string> Problems);

/// <summary>What a registry has.</summary>
/// <param name="Registry">Host and port.</param>
/// <param name="Repository">The repository that was asked for; null for the registry itself.</param>
/// <param name="Repositories">Its repositories; null where a repository was asked for.</param>
/// <param name="Tags">The repository's tags; null where the registry was asked for.</param>
public sealed record RemoteImages(string Registry, string? Repository, IReadOnlyList<string>? Repositories, IReadOnlyList<RemoteTag>? Tags);

/// <summary>A tag at a registry.</summary>
/// <param name="Name">Of the tag.</param>
/// <param name="Digest">What it names; null where there were too many to ask for each.</param>
public sealed record RemoteTag(string Name, string? Digest);

/// <summary>How a command ended in an image.</summary>
/// <param name="Image">The image's name or id.</param>
/// <param name="Digest">The digest by which a registry knows it; null when no registry has told it.</param>
/// <param name="Command">Program and arguments.</param>
/// <param name="Passed">Whether it ended with 0.</param>
/// <param name="ExitCode">128 and the signal's number when one ended it.</param>
/// <param name="Output">What it said, the last 64 KiB.</param>
/// <param name="Took">How long it ran.</param>
public sealed record CheckedImage(string Image, string? Digest, IReadOnlyList<string> Command, bool Passed, int ExitCode, string Output, TimeSpan Took);
