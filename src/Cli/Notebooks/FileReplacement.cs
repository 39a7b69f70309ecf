namespace Holdfast.Cli.Notebooks;

/// <summary>Replaces a file as a whole or not at all: written beside it, synced, renamed over it. Its mode stays, and where it is a link, what it points at is replaced.</summary>
internal static class FileReplacement
{
    /// <exception cref="IOException">The folder cannot take another file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or its folder may not be written.</exception>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var target = new FileInfo(path).LinkTarget is null ? Path.GetFullPath(path) : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (File.Exists(target))
        {
            // A rename asks for the folder's permission only.
            new FileStream(target, FileMode.Open, FileAccess.Write).Dispose();
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var temporary = Path.Join(Path.GetDirectoryName(target), $".{Guid.NewGuid():N}.tmp");
        try
        {
            using (var file = new FileStream(temporary, options))
            {
                file.Write(content);
                if (File.Exists(target)) File.SetUnixFileMode(file.SafeFileHandle, File.GetUnixFileMode(target));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
