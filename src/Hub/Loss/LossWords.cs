namespace Holdfast.Hub.Loss;

/// <summary>A loss list in words.</summary>
public static class LossWords
{
    /// <summary><c>2 packages, 1 file and 1 setting (41 MB)</c>; <c>nothing</c> for an empty list.</summary>
    public static string Of(LossList list) => throw new NotImplementedException();
}
