namespace Holdfast.Hub.People;

/// <summary>Somebody who may use this hub.</summary>
/// <param name="Name">The login name.</param>
/// <param name="IsAdmin">Whether all machines, hooks and people are theirs to manage.</param>
/// <param name="HasPassword">Whether they can log in by browser.</param>
/// <param name="Created">Since when.</param>
public sealed record Person(string Name, bool IsAdmin, bool HasPassword, DateTimeOffset Created)
{
    internal const string AdminRole = "admin";
    internal const string MemberRole = "member";

    /// <summary><c>admin</c> or <c>member</c>.</summary>
    public string Role => IsAdmin ? AdminRole : MemberRole;
}
