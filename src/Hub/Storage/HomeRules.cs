namespace Holdfast.Hub.Storage;

/// <summary>What must hold in a home for its programs to work.</summary>
internal static class HomeRules
{
    /// <summary>Makes the home where there is none, 0700, and mends permissions of <c>.ssh</c> (700, private keys 600, public ones 644); a sentence for each thing that was mended. Links are not followed.</summary>
    public static IReadOnlyList<string> Mend(string home) => throw new NotImplementedException();
}
