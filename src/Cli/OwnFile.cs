namespace Holdfast.Cli;

/// <summary>Files that only their owner can read.</summary>
internal static class OwnFile
{
    /// <summary>Writes one whole, 0600, in the place of what was there; what a link leads to is written, the link stays.</summary>
    public static void Write(string path, string text)
    {
        var file = new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : path;
        File.Delete(file + ".new");
        using (var stream = new StreamWriter(file + ".new", new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite })) stream.Write(text);
        File.Move(file + ".new", file, overwrite: true);
    }
}
