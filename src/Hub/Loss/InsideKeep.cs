namespace Holdfast.Hub.Loss;

/// <summary>Kept paths, from inside of a machine.</summary>
internal static class InsideKeep
{
    /// <summary>Makes the links anew; a sentence for each that could not be made.</summary>
    public static IReadOnlyList<string> Restore(IReadOnlyList<KeptPath> kept) => throw new NotImplementedException();
}
