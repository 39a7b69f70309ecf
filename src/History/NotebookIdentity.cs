using System.Runtime.InteropServices;

namespace Holdfast.History;

/// <summary>Under which path a notebook's versions are kept, however it was named.</summary>
internal static partial class NotebookIdentity
{
    /// <summary>The absolute path with the links in its folder resolved, so that a lab on a linked folder and a shell in the folder itself mean the same.</summary>
    public static string Of(string path)
    {
        var full = Path.GetFullPath(path);
        return Path.GetDirectoryName(full) is { } folder && Resolve(folder) is { } real ? Path.Join(real, Path.GetFileName(full)) : full;
    }

    private static string? Resolve(string folder)
    {
        var found = RealPath(folder, 0);
        if (found == 0)
            return null;
        try
        {
            return Marshal.PtrToStringUTF8(found);
        }
        finally
        {
            Free(found);
        }
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);
}
