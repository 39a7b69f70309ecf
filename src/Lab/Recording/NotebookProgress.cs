using Holdfast.Lab.Posix;

namespace Holdfast.Lab.Recording;

/// <summary>How far the recorder is with one notebook's file.</summary>
internal sealed class NotebookProgress
{
    /// <summary>Not before this the file is written while nothing ends.</summary>
    public DateTimeOffset Next { get; set; }

    /// <summary>Not before this it is tried again after a fault.</summary>
    public DateTimeOffset Retry { get; set; }

    /// <summary>What the file was when the recorder wrote it last: a file that is still that needs no version in the history.</summary>
    public FileStatus? Ours { get; set; }

    /// <summary>Why the file cannot be written; null when all is well.</summary>
    public string? Problem { get; set; }
}
