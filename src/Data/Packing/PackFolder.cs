using System.Runtime.InteropServices;

namespace Holdfast.Data.Packing;

/// <summary>
/// The files of a pack, and how they are replaced together. New ones are written beside the old ones and synced, <c>pack.json</c> last; that it is then
/// removed is the commit. Whoever is killed behind it leaves the renames to the next one that takes the pack (<see cref="Take"/>).
/// </summary>
internal sealed partial class PackFolder : IDisposable
{
    public const string Pixels = "pixels.npy", ManifestName = "manifest.csv", Info = "pack.json", StageName = "stage.partial";

    private const string New = ".new", LockName = ".lock";
    private static readonly string[] Own = [Pixels, ManifestName, Info, Pixels + New, ManifestName + New, Info + New, StageName, LockName];

    private readonly FileStream _lock;

    private PackFolder(string path, FileStream taken) => (Path, _lock) = (path, taken);

    public string Path { get; }

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Takes a pack for writing, made when it is not there: until it is disposed nobody else can, and what a killed writer has left is finished or removed.</summary>
    public static DataResult<PackFolder> Take(string path)
    {
        if (File.Exists(path)) return new DataFault($"{path} is a file; a pack is a folder. Name another.");
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).FirstOrDefault(entry => !Own.Contains(System.IO.Path.GetFileName(entry))) is { } foreign && !IsPack(path))
            return new DataFault($"{path} is no pack, and not empty: it holds {System.IO.Path.GetFileName(foreign)}. Name a folder that does not exist yet.");
        Directory.CreateDirectory(path);
        FileStream taken;
        try
        {
            taken = new FileStream(System.IO.Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult == 11)
        {
            return new DataFault($"Another process writes {path}. Wait until it has ended.");
        }

        var folder = new PackFolder(path, taken);
        folder.Finish();
        return folder;
    }

    public static bool IsPack(string path) => File.Exists(System.IO.Path.Combine(path, Info));

    /// <summary>The stream of a new file, which takes its place with <see cref="Commit"/>.</summary>
    public FileStream Create(string name) => new(PathOf(name + New), FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 0);

    public void Write(string name, byte[] content)
    {
        using var file = Create(name);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Replaces one file by itself.</summary>
    public void Replace(string name, byte[] content)
    {
        Write(name, content);
        File.Move(PathOf(name + New), PathOf(name), overwrite: true);
        Sync();
    }

    /// <summary>Puts the new files in place of the old ones. <c>pack.json</c> must be among them, written last.</summary>
    public void Commit()
    {
        Sync();
        File.Delete(PathOf(Info));
        Sync();
        Finish();
    }

    /// <summary>Lets it go; one in which nothing was begun is not left behind.</summary>
    public void Dispose()
    {
        if (Directory.EnumerateFileSystemEntries(Path).All(entry => System.IO.Path.GetFileName(entry) == LockName))
        {
            File.Delete(PathOf(LockName));
            Directory.Delete(Path);
        }

        _lock.Dispose();
    }

    private void Finish()
    {
        // pack.json is renamed last: until then the next one comes here again.
        var isCommitted = !File.Exists(PathOf(Info)) && File.Exists(PathOf(Info + New));
        foreach (var name in (ReadOnlySpan<string>)[Pixels, ManifestName, Info])
        {
            if (!File.Exists(PathOf(name + New))) continue;
            if (isCommitted) File.Move(PathOf(name + New), PathOf(name), overwrite: true);
            else File.Delete(PathOf(name + New));
            if (name == ManifestName) Sync();
        }

        Sync();
    }

    /// <summary>Makes renames in the folder outlast a power cut; .NET opens no folders.</summary>
    private void Sync()
    {
        var folder = Open(Path, 0 /* O_RDONLY */, 0);
        if (folder < 0) return;
        _ = FSync(folder);
        _ = Close(folder);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int FSync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}
