namespace Holdfast.Hub.Api.Contract;

/// <summary>A push.</summary>
/// <param name="Image">A name or an id.</param>
/// <param name="To">Registry, repository, and the tag; without one that of the image, else latest.</param>
public sealed record PushRequest(string Image, string To);

/// <summary>A pull.</summary>
/// <param name="Image">Registry, repository, and a tag or a digest.</param>
public sealed record PullRequest(string Image);

/// <summary>A removal of what nothing uses.</summary>
/// <param name="All">Also images with names, not only what builds have left over.</param>
public sealed record PruneRequest(bool All = false);

/// <summary>A command to run in an image.</summary>
/// <param name="Image">A name or an id.</param>
/// <param name="Command">Program and arguments. A program without a slash is looked for in the image's <c>PATH</c>.</param>
public sealed record CheckRequest(string Image, IReadOnlyList<string> Command);

/// <summary>A login to a registry.</summary>
/// <param name="Registry">Host and port.</param>
/// <param name="User">Who, there.</param>
/// <param name="Password">Or a token.</param>
public sealed record RegistryLoginRequest(string Registry, string User, string Password)
{
    /// <summary>Without the password: this may be written somewhere.</summary>
    public override string ToString() => $"{User} at {Registry}";
}
