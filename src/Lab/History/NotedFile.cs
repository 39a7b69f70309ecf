using System.Security.Cryptography;
using Holdfast.History;
using Holdfast.Lab.Http;
using Holdfast.Lab.Posix;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Lab.History;

/// <summary>
/// A notebook's file at one moment. It is held open: whatever replaces it replaces the name, not what was opened, so that it can be read later
/// and is still that version.
/// </summary>
internal sealed class NotedFile : IDisposable
{
    private readonly SafeFileHandle _handle;

    private NotedFile(string path, VersionKind kind, DateTimeOffset time, SafeFileHandle handle) => (Path, Kind, Time, _handle) = (path, kind, time, handle);

    public string Path { get; }

    public VersionKind Kind { get; }

    public DateTimeOffset Time { get; }

    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>Opens it; null when there is no such file, or it may not be read.</summary>
    public static NotedFile? Open(string path, VersionKind kind, DateTimeOffset time)
    {
        // A pipe would hold up whoever opens it.
        if (FileStatus.Of(path) is not { IsFile: true })
            return null;
        try
        {
            return new NotedFile(path, kind, time, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The SHA-256 of what it holds.</summary>
    public byte[] Hash()
    {
        using var stream = new FileStream(Descriptor, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        return SHA256.HashData(stream);
    }

    /// <summary>What it holds.</summary>
    public PooledBytes Read() => PooledBytes.OfFile(Descriptor);

    /// <summary>Whether both were opened on one and the same file, not on two that had its name one after the other.</summary>
    public bool IsSameFile(NotedFile other) =>
        FileStatus.Of(Descriptor) is { } mine && FileStatus.Of(other.Descriptor) is { } its && (mine.Inode, mine.Device) == (its.Inode, its.Device);

    /// <inheritdoc />
    public void Dispose() => _handle.Dispose();

    /// <summary>Opens again what this holds, from its start.</summary>
    private string Descriptor => $"/proc/self/fd/{_handle.DangerousGetHandle()}";
}
