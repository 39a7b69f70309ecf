namespace Holdfast.Journal;

/// <summary>How a flush ended. An expected failure is a value: the owner holds its source back and tries again.</summary>
/// <param name="Ok">Whether everything that was buffered is visible now.</param>
/// <param name="Error">Null when ok, else what went wrong, naming the file and the mend.</param>
/// <param name="DiskFull">Whether the reason is a full disk or quota.</param>
public readonly record struct FlushResult(bool Ok, string? Error, bool DiskFull)
{
    internal static FlushResult Done => new(true, null, false);
}
