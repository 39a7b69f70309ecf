using System.Text.RegularExpressions;
using Holdfast.Lab.Posix;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Contents;

/// <summary>PATCH, POST with <c>copy_from</c>, and DELETE: what moves, copies and removes.</summary>
internal sealed partial class ContentsMoving(LabOptions options, Trash trash)
{
    private const long LargestFolderCopy = 500L << 20;
    private const int OtherDevice = 18; // EXDEV

    public ContentsFault? Rename(ContentsPath from, ContentsPath to)
    {
        if (from == to)
            return from.NameStatus() is null ? ContentsFault.Missing(from) : null;
        if (!options.AllowHidden && (from.IsHidden() || to.IsHidden()))
            return ContentsFault.Bad($"Cannot rename file or directory '{from.Api}'");
        if (from.IsRoot || to.IsRoot)
            return ContentsFault.Bad("Cannot rename the root folder");
        if (from.NameStatus() is not { } status)
            return ContentsFault.Missing(from);
        // On a file system that ignores case, the new name finds the file itself.
        if (to.NameStatus() is { } there && (there.Inode, there.Device) != (status.Inode, status.Device))
            return new ContentsFault(StatusCodes.Status409Conflict, $"File already exists: {to.Api}");
        var fault = ContentsFault.Try(from, () =>
        {
            if (status.IsFolder && new FileInfo(from.Full).LinkTarget is null)
                MoveFolder(from.Full, to.Full);
            else
                File.Move(from.Full, to.Full);
            AtomicFile.SyncFolder(to.Parent.Full);
        });
        if (fault is null && !status.IsFolder)
            Checkpoints.Follow(from, to);
        return fault;
    }

    /// <summary>Copies a file or folder into a folder under a free name, or to the name given.</summary>
    public (ContentsPath Made, ContentsFault? Fault) Copy(ContentsPath from, ContentsPath to)
    {
        if (!options.AllowHidden && (from.IsHidden() || to.IsHidden()))
            return (to, ContentsFault.Bad($"Cannot copy file or directory '{from.Api}'"));
        if (from.Status() is not { } status)
            return (to, ContentsFault.Missing(from));
        if (to.Status() is { IsFolder: true })
            to = FreeNames.In(to, CopyNumber().Replace(from.Name, "."), "-Copy");
        else if (status.IsFolder && to.Status() is null)
            to = to.Child(CopyNumber().Replace(from.Name, "."));
        else if (to.Parent.Status() is not { IsFolder: true })
            return (to, new ContentsFault(StatusCodes.Status404NotFound, $"No such parent directory: {to.Parent.Api} to copy file in"));
        if (status is { IsFolder: false, IsFile: false })
            return (to, ContentsFault.NoFile(from));
        if (!status.IsFolder)
            return (to, ContentsFault.Try(from, () => AtomicFile.Copy(from.Full, to.Full)));
        if (from.IsRoot || $"{to.Api}/".StartsWith($"{from.Api}/", StringComparison.Ordinal))
            return (to, ContentsFault.Bad($"Can't copy '{from.Api}' into itself"));
        var source = new DirectoryInfo(from.Full);
        return (to, ContentsFault.Try(from, () => CopyFolder(source, to.Full, LargestFolderCopy)));
    }

    public ContentsFault? Delete(ContentsPath path)
    {
        if (path.IsRoot)
            return ContentsFault.Bad("Can't delete root");
        if (!options.AllowHidden && path.IsHidden())
            return ContentsFault.Bad($"Cannot delete file or directory '{path.Api}'");
        if (path.NameStatus() is not { } status)
            return ContentsFault.Missing(path);
        if (Libc.Access(path.Parent.Full, Libc.WriteAccess) != 0)
            return new ContentsFault(StatusCodes.Status403Forbidden, $"Permission denied: {path.Api}");
        var isFolder = status.IsFolder && new FileInfo(path.Full).LinkTarget is null;
        if (!options.DeleteToTrash && isFolder && Directory.EnumerateFileSystemEntries(path.Full).Any(entry => Path.GetFileName(entry) != Checkpoints.Folder))
            return ContentsFault.Bad($"Directory {path.Api} not empty");
        var fault = ContentsFault.Try(path, () =>
        {
            if (options.DeleteToTrash)
                trash.Take(path.Full);
            else if (isFolder)
                Directory.Delete(path.Full, recursive: true);
            else
                File.Delete(path.Full);
        });
        if (fault is null && !status.IsFolder)
            Checkpoints.Follow(path, null);
        return fault;
    }

    private static void MoveFolder(string from, string to)
    {
        try
        {
            Directory.Move(from, to);
        }
        catch (IOException fault) when (fault.HResult == OtherDevice)
        {
            CopyFolder(new DirectoryInfo(from), to, long.MaxValue);
            Directory.Delete(from, recursive: true);
        }
    }

    private static long CopyFolder(DirectoryInfo from, string to, long room)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in from.EnumerateFileSystemInfos())
        {
            var target = Path.Join(to, entry.Name);
            if (entry.LinkTarget is { } link)
                File.CreateSymbolicLink(target, link);
            else if (entry is DirectoryInfo folder)
                room = CopyFolder(folder, target, room);
            else if (FileStatus.Of(entry.FullName) is not { IsFile: true })
                throw new IOException($"{entry.Name} is not a regular file");
            else if ((room -= ((FileInfo)entry).Length) < 0)
                throw new IOException($"Can't copy folders larger than {LargestFolderCopy >> 20}MB");
            else
                File.Copy(entry.FullName, target);
        }
        return room;
    }

    [GeneratedRegex(@"-Copy\d*\.")]
    private static partial Regex CopyNumber();
}
