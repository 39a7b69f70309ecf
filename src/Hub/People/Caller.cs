namespace Holdfast.Hub.People;

/// <summary>Who asks.</summary>
/// <param name="Name">The login name: 1 to 32 lower-case letters, digits, <c>-</c> and <c>_</c>, beginning with a letter. It names the home folder.</param>
/// <param name="IsAdmin">Whether all machines, hooks and people are theirs to manage.</param>
/// <param name="MayWrite">Whether they may change anything: no for tokens that only read.</param>
public sealed record Caller(string Name, bool IsAdmin, bool MayWrite = true)
{
    /// <summary>Whether what somebody owns is theirs to see and change: their own, of an administrator everything.</summary>
    public bool Has(string owner) => IsAdmin || owner == Name;
}
