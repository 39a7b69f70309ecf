namespace Holdfast.History;

/// <summary>What made a version.</summary>
public enum VersionKind
{
    /// <summary>A page or another client saved the notebook.</summary>
    Save,

    /// <summary>Cells ran, and their outputs came into the file.</summary>
    Run,

    /// <summary>Somebody else had changed the file: git, an editor, another program. What it left was kept before the next write.</summary>
    Outside,

    /// <summary>What a restore was about to replace.</summary>
    BeforeRestore,

    /// <summary>What a restore wrote.</summary>
    Restore,

    /// <summary>The notebook got another name.</summary>
    Rename,
}

/// <summary>One version of a notebook: the bytes of its file at one moment, which <see cref="HistoryStore.Read"/> gives.</summary>
/// <param name="Number">Counts from 1 for each notebook; stays when older versions go.</param>
/// <param name="Time">When it was noted, UTC, to the millisecond.</param>
/// <param name="Kind">What made it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Cells">How many cells; null when it cannot be read as a notebook.</param>
/// <param name="Change">What is different from the version before it, in words: <c>+2 cells, outputs of 3 cells cleared</c>.</param>
public sealed record HistoryVersion(int Number, DateTimeOffset Time, VersionKind Kind, long Size, int? Cells, string Change);

/// <summary>A notebook that has a history, whether its file is still there or not.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Versions">How many versions are kept.</param>
/// <param name="Newest">When the newest one was noted, UTC.</param>
public sealed record NotebookEntry(string Path, int Versions, DateTimeOffset Newest);
