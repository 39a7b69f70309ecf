namespace Holdfast.History.Storing;

/// <summary>What is needed to read a version, as it is stored.</summary>
internal sealed record VersionRow(int Number, long Size, int? Cells, byte[] Hash, byte[] Chunks);
