namespace Holdfast.History;

/// <summary>The words for kinds of versions, in the store and for people.</summary>
public static class VersionKinds
{
    private static readonly string[] Words = ["save", "run", "outside", "before restore", "restore", "rename"];

    /// <summary>The word: <c>before restore</c>.</summary>
    public static string Word(this VersionKind kind) => Words[(int)kind];

    internal static VersionKind Parse(string word) => (VersionKind)Array.IndexOf(Words, word);
}
