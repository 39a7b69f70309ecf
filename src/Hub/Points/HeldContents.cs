using System.Security.Cryptography;
using Holdfast.Hub.Storage;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Hub.Points;

/// <summary>
/// What is held of one person's package folders: a list for each tree, and each content once, whichever trees have it. Small contents are copies, or share their blocks with the
/// home's file where the file system can; large ones are the home's file by another name. A package is replaced by new files, which leaves that as it was; what writes
/// <em>into</em> such a file changes it here too, which its size or time tells.
/// </summary>
/// <param name="folder">The folder, 0700, that nobody else writes. On the home's file system.</param>
internal sealed class HeldContents(string folder)
{
    private const int SmallFile = 1 << 20;
    private const string Unfinished = ".new";

    private string Trees => Path.Combine(folder, "trees");

    public bool Has(string mark) => File.Exists(TreeFile(mark));

    /// <summary>A tree that is held.</summary>
    /// <exception cref="IOException">It is not there, or cannot be read.</exception>
    public HeldTree Read(string mark)
    {
        using var file = new FileStream(TreeFile(mark), FileMode.Open, FileAccess.Read);
        try
        {
            return HeldTree.Read(file);
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException or InvalidOperationException)
        {
            throw new IOException($"What was held of the package folders cannot be read: {fault.Message}", fault);
        }
    }

    /// <summary>Holds a tree; its mark. Of what an earlier one has nothing is held again.</summary>
    /// <param name="home">The home's folder.</param>
    /// <param name="tree">What is in it.</param>
    /// <param name="before">An earlier tree; null for none.</param>
    /// <param name="most">Most bytes to copy.</param>
    /// <param name="cancellationToken">Gives up; what was held so far is swept away later.</param>
    /// <exception cref="IOException">It cannot be read or written, or it is more than that.</exception>
    public string Hold(string home, HeldTree tree, HeldTree? before, long most, CancellationToken cancellationToken)
    {
        HubFolders.Make(Trees);
        using var root = Posix.OpenRoot(home);
        var earlier = (before?.Entries ?? []).Where(entry => entry.Content.Length > 0).ToDictionary(entry => entry.Path);
        var entries = new List<HeldEntry>(tree.Entries.Count);
        foreach (var entry in tree.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!entry.Status.IsFile) entries.Add(entry);
            else if (Hold(root, entry, earlier.GetValueOrDefault(entry.Path), ref most) is { } held) entries.Add(held);
        }
        var whole = tree with { Entries = entries };
        var mark = whole.Mark();
        using (var file = new FileStream(TreeFile(mark) + Unfinished, FileMode.Create, FileAccess.Write)) whole.Write(file);
        Posix.SyncAll(folder);
        File.Move(TreeFile(mark) + Unfinished, TreeFile(mark), overwrite: true);
        return mark;
    }

    /// <summary>Puts the entries of a folder of a tree where nothing is; a sentence for each that could not be brought back as it was.</summary>
    /// <param name="entries">The folder, or file, first.</param>
    /// <param name="to">Where.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public IReadOnlyList<string> Put(IReadOnlyList<HeldEntry> entries, string to)
    {
        var troubles = new List<string>();
        string PlaceOf(HeldEntry entry) => to + entry.Path[entries[0].Path.Length..];
        foreach (var entry in entries)
        {
            if (entry.IsFolder) Directory.CreateDirectory(PlaceOf(entry), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            else if (entry.Status.IsFile) PutFile(entry, PlaceOf(entry), troubles);
            else
            {
                File.CreateSymbolicLink(PlaceOf(entry), entry.Link!);
                Posix.Stamp(PlaceOf(entry), entry.Status);
            }
        }
        // Folders last: what is put into one changes its time, and one may not be writable.
        foreach (var entry in entries.Reverse().Where(entry => entry.IsFolder)) Stamp(entry, PlaceOf(entry));
        return troubles;
    }

    private void PutFile(HeldEntry entry, string to, List<string> troubles)
    {
        var content = ContentFile(entry.Content);
        if (Posix.Status(content) is not { } now)
        {
            troubles.Add($"~/{entry.Path} could not be brought back: its content is not there any more.");
            return;
        }
        if (now.Size != entry.Status.Size || now.Modified != entry.Held) troubles.Add($"~/{entry.Path} is not as it was: something has been written into it since, instead of replacing it.");
        using var from = File.OpenHandle(content);
        // The very file again, where nothing has to be set on it: it may be the home's, too.
        var isSame = (now.Mode, now.User, now.Group, now.Modified) == (entry.Status.Mode, entry.Status.User, entry.Status.Group, entry.Status.Modified);
        if (now.Size >= SmallFile && isSame && Posix.HardLink(from, to)) return;
        Copy(from, to);
        Stamp(entry, to);
    }

    /// <summary>Removes trees that are not named, and contents that no tree has.</summary>
    public void Sweep(IReadOnlyCollection<string> trees)
    {
        if (!Directory.Exists(Trees)) return;
        foreach (var file in Directory.EnumerateFiles(Trees).Where(file => !trees.Contains(Path.GetFileName(file)))) File.Delete(file);
        var used = TreesHeld().SelectMany(tree => tree.Tree.Entries).Select(entry => entry.Content).ToHashSet();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetDirectoryName(Path.GetDirectoryName(file)) == Path.Combine(folder, "content")))
            if (!used.Contains(Path.GetFileName(file))) File.Delete(file);
    }

    /// <summary>Bytes on the disk of all, and for each tree of what it alone has. What is the home's, too, takes none.</summary>
    public (long All, IReadOnlyDictionary<string, long> Own) Measure()
    {
        var owners = new Dictionary<string, string?>();
        var own = new Dictionary<string, long>();
        foreach (var (mark, tree) in TreesHeld())
        {
            own[mark] = Posix.Status(TreeFile(mark))?.Room ?? 0;
            foreach (var content in tree.Entries.Where(entry => entry.Content.Length > 0).Select(entry => entry.Content).Distinct()) owners[content] = owners.ContainsKey(content) ? null : mark;
        }
        var all = own.Values.Sum();
        foreach (var (content, owner) in owners)
        {
            if (Posix.Status(ContentFile(content)) is not { Links: 1, Room: var room }) continue;
            all += room;
            if (owner is not null) own[owner] += room;
        }
        return (all, own);
    }

    private IEnumerable<(string Mark, HeldTree Tree)> TreesHeld()
    {
        if (!Directory.Exists(Trees)) yield break;
        foreach (var mark in Directory.EnumerateFiles(Trees).Select(file => Path.GetFileName(file)).Where(name => !name.EndsWith(Unfinished, StringComparison.Ordinal)))
        {
            HeldTree tree;
            try
            {
                tree = Read(mark);
            }
            catch (IOException)
            {
                // It is damaged, and nobody can go back to it: who tries is told.
                continue;
            }
            yield return (mark, tree);
        }
    }

    /// <summary>Holds a file; null when it has gone.</summary>
    private HeldEntry? Hold(SafeFileHandle home, HeldEntry entry, HeldEntry? earlier, ref long most)
    {
        if (earlier is not null && earlier.IsUntouched(entry)) return entry with { Content = earlier.Content, Held = earlier.Held };
        using var file = Posix.OpenBelow(home, entry.Path);
        if (file.IsInvalid || Posix.Status(file) is not { IsFile: true } now) return null;
        if (earlier is not null && earlier.Status.Size == now.Size && IsSame(file, earlier)) return entry with { Status = now, Content = earlier.Content, Held = earlier.Held };
        var name = RandomNumberGenerator.GetHexString(16, lowercase: true);
        HubFolders.Make(Path.GetDirectoryName(ContentFile(name))!);
        if (now.Size < SmallFile || !Posix.HardLink(file, ContentFile(name)))
        {
            if (Copy(file, ContentFile(name)) is var copied && (most -= copied) < 0) throw new IOException("More of it would have to be copied than a third of the room that points may take.");
            Posix.Stamp(ContentFile(name), now);
            Posix.Permit(ContentFile(name), now.Permissions);
        }
        // Another name changes what the system knows of a file: that is what it is compared by the next time.
        return entry with { Status = Posix.Status(file) ?? now, Content = name, Held = now.Modified };
    }

    /// <summary>Whether a file has the content that is held already, as it was held.</summary>
    private bool IsSame(SafeFileHandle file, HeldEntry earlier)
    {
        var content = ContentFile(earlier.Content);
        if (Posix.Status(content) is not { } held || held.Size != earlier.Status.Size || held.Modified != earlier.Held) return false;
        if (Posix.Status(file)?.Inode == held.Inode) return true;
        using var one = new FileStream(new SafeFileHandle(file.DangerousGetHandle(), ownsHandle: false), FileAccess.Read, bufferSize: 0);
        using var other = new FileStream(content, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var (left, right) = (new byte[64 << 10], new byte[64 << 10]);
        while (true)
        {
            var length = one.ReadAtLeast(left, left.Length, throwOnEndOfStream: false);
            if (other.ReadAtLeast(right, right.Length, throwOnEndOfStream: false) != length || !left.AsSpan(0, length).SequenceEqual(right.AsSpan(0, length)))
            {
                one.Seek(0, SeekOrigin.Begin);
                return false;
            }
            if (length < left.Length) return true;
        }
    }

    /// <summary>Copies; how many bytes that took on the disk.</summary>
    private static long Copy(SafeFileHandle from, string to)
    {
        using var file = new FileStream(to, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        if (Posix.Clone(from, file.SafeFileHandle)) return 0;
        var buffer = new byte[(int)Math.Clamp(RandomAccess.GetLength(from), 4 << 10, 1 << 20)];
        var at = 0L;
        for (int read; (read = RandomAccess.Read(from, buffer, at)) > 0; at += read) file.Write(buffer.AsSpan(0, read));
        return at;
    }

    private static void Stamp(HeldEntry entry, string to)
    {
        Posix.Stamp(to, entry.Status);
        // Last: changing the owner takes set-id bits away.
        Posix.Permit(to, entry.Status.Permissions);
    }

    private string TreeFile(string mark) => Path.Combine(Trees, mark);

    private string ContentFile(string name) => Path.Combine(folder, "content", name[..2], name);
}
