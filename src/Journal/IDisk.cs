using Microsoft.Win32.SafeHandles;

namespace Holdfast.Journal;

/// <summary>What a journal does to the disk. Answers hold an errno, so that a fault is a value and a test can name it.</summary>
internal interface IDisk
{
    /// <summary>Opens a file to read and write, creating it with 0600; null with an errno when that fails.</summary>
    SafeFileHandle? Create(string path, out int errno);

    /// <summary>Reads what there is at <paramref name="offset"/>, at most what fits; 0 at the end of the file, a negative errno when that fails.</summary>
    int Read(SafeFileHandle file, Span<byte> bytes, long offset);

    /// <summary>Writes all of <paramref name="bytes"/> at <paramref name="offset"/>. After an error any part of them may be written.</summary>
    int Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Waits until what was written to the file is on the disk.</summary>
    int Sync(SafeFileHandle file);

    /// <summary>Waits until the names of a folder are on the disk.</summary>
    int SyncFolder(SafeFileHandle folder);

    /// <summary>Sets the file's length.</summary>
    int Cut(SafeFileHandle file, long length);

    /// <summary>Removes a file's name.</summary>
    int Delete(string path);
}
