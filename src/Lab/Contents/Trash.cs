using Holdfast.Lab.Posix;

namespace Holdfast.Lab.Contents;

/// <summary>The desktop's trash (freedesktop.org Trash 1.0): deleted files wait there with a note of where they came from.</summary>
internal sealed class Trash(LabOptions options, TimeProvider time)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Moves a file or folder into the trash of its file system.</summary>
    public void Take(string path)
    {
        var home = options.Environment.GetValueOrDefault("XDG_DATA_HOME") is { Length: > 0 } data
            ? data
            : Path.Join(options.Environment.GetValueOrDefault("HOME") ?? "/", ".local/share");
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(home, Private);
        var (trash, from) = FileStatus.Of(home)?.Device == FileStatus.Of(folder)?.Device
            ? (Path.Join(home, "Trash"), path)
            : OfMount(path, folder);
        var files = Directory.CreateDirectory(Path.Join(trash, "files"), Private).FullName;
        var notes = Directory.CreateDirectory(Path.Join(trash, "info"), Private).FullName;
        var name = Path.GetFileName(path);
        for (var number = 1; ; number++)
        {
            var taken = number == 1 ? name : $"{Path.GetFileNameWithoutExtension(name)} {number}{Path.GetExtension(name)}";
            var note = Path.Join(notes, taken + ".trashinfo");
            if (Path.Exists(Path.Join(files, taken)) || !TryReserve(note, from))
                continue;
            try
            {
                if (new FileInfo(path).LinkTarget is null && Directory.Exists(path))
                    Directory.Move(path, Path.Join(files, taken));
                else
                    File.Move(path, Path.Join(files, taken));
                return;
            }
            catch
            {
                File.Delete(note);
                throw;
            }
        }
    }

    /// <summary>The trash at the top of the file system that the file lies on; its notes hold relative paths.</summary>
    private static (string Trash, string From) OfMount(string path, string folder)
    {
        var device = FileStatus.Of(folder)?.Device;
        var top = folder;
        while (Path.GetDirectoryName(top) is { } above && FileStatus.Of(above)?.Device == device)
            top = above;
        return (Path.Join(top, $".Trash-{Libc.EffectiveUser()}"), Path.GetRelativePath(top, path));
    }

    /// <summary>Writes the note; false when the name is taken: the note's exclusive creation is what reserves it.</summary>
    private bool TryReserve(string note, string from)
    {
        if (File.Exists(note))
            return false;
        var escaped = string.Join('/', from.Split('/').Select(Uri.EscapeDataString));
        using var writer = new StreamWriter(new FileStream(note, FileMode.CreateNew));
        writer.Write($"[Trash Info]\nPath={escaped}\nDeletionDate={time.GetLocalNow():yyyy-MM-dd'T'HH:mm:ss}\n");
        return true;
    }
}
