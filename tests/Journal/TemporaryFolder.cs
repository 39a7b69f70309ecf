namespace Holdfast.Journal.Tests;

/// <summary>A folder of one test, removed at its end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("holdfast-journal-").FullName;

    public string Journal => System.IO.Path.Combine(Path, "journal");

    public string[] Segments => Directory.Exists(Journal) ? [.. Directory.GetFiles(Journal, "*.hfj").Order(StringComparer.Ordinal)] : [];

    public void Dispose() => Directory.Delete(Path, true);
}
