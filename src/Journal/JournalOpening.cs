using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Journal;

/// <summary>What a writer finds when it opens a folder: where the journal ends, and what had to be mended there.</summary>
internal sealed class JournalOpening
{
    /// <summary>
    /// How many numbers are passed over when the computer was started again without the journal being closed: readers may have seen that many
    /// records that a power cut took back, and a number must never mean two records.
    /// </summary>
    public const long PassedOver = 1 << 20;

    private const string ClosedName = "closed";

    private readonly DamageLog _damage = new();
    private readonly IDisk _disk;
    private long _torn;

    private JournalOpening(string folder, IDisk disk)
    {
        _disk = disk;
        Folder = new SegmentFolder(folder);
        Lock = TakeFolder(folder, disk);
    }

    public SegmentFolder Folder { get; }

    /// <summary>The folder's descriptor: holds the writer's lock, and syncs names.</summary>
    public SafeFileHandle Lock { get; }

    public JournalRecovery Recovery => new(_torn, _damage.Places);

    /// <summary>The last record there is, and the number that the next one gets.</summary>
    public long Last { get; private set; }

    public long Next { get; private set; } = 1;

    /// <summary>The segment to go on in; null when a new one has to be begun.</summary>
    public SafeFileHandle? Segment { get; private set; }

    public string Path { get; private set; } = "";

    public uint Mark { get; private set; }

    public long End { get; private set; }

    public static JournalOpening Of(string folder, IDisk disk)
    {
        var opening = new JournalOpening(folder, disk);
        try
        {
            opening.FindEnd();
            return opening;
        }
        catch
        {
            opening.Segment?.Dispose();
            opening.Close(whole: false, 0);
            throw;
        }
    }

    /// <summary>Lets the folder go; with a note of the last number when all is on the disk.</summary>
    public void Close(bool whole, long last)
    {
        if (whole) LeaveClosed(last);
        UnixDisk.Unlock(Lock);
        Lock.Dispose();
    }

    private void LeaveClosed(long last)
    {
        using var file = _disk.Create(ClosedPath, out _);
        if (file is null) return;
        // Without the whole note the next opening only passes numbers over that it need not.
        _ = _disk.Write(file, System.Text.Encoding.ASCII.GetBytes(last.ToString(CultureInfo.InvariantCulture)), 0);
        _ = _disk.Sync(file);
        _ = _disk.SyncFolder(Lock);
    }

    private string ClosedPath => System.IO.Path.Combine(Folder.Path, ClosedName);

    private static SafeFileHandle TakeFolder(string folder, IDisk disk)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("A journal needs a Unix system.");
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var parent = UnixDisk.OpenFolder(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(folder)) ?? "/", out _);
            if (parent is not null) _ = disk.SyncFolder(parent);
        }
        var taken = UnixDisk.OpenFolder(folder, out var errno)
            ?? throw new IOException($"{folder} could not be opened: {Errno.Text(errno)}.", errno);
        if (UnixDisk.TryLock(taken)) return taken;
        taken.Dispose();
        throw new IOException($"{folder} has another writer. A journal is written by one process at a time.", Errno.WouldBlock);
    }

    private void FindEnd()
    {
        var closedAt = TakeClosed();
        Folder.Refresh();
        if (Folder.Firsts.Count == 0)
        {
            // All of it may have been let go: no number is used again.
            Last = Math.Max(closedAt ?? 0, LetGo.LastOf(Folder.Path));
            Next = Last + 1;
            return;
        }
        var first = Folder.Firsts[^1];
        Path = Folder.FileOf(first);
        using var segment = SegmentReader.Open(_disk, Path, first);
        while (segment.TryRead(out _) || segment.TryPassDamage(out var damage) && Note(damage)) { }
        if (!segment.IsKnown)
            throw new IOException($"{Path} is of format {segment.Header!.Version}; this program writes {SegmentHeader.CurrentVersion}. Use a newer one.");
        Last = segment.Expected - 1;
        Next = Last + 1;
        End = segment.Position;
        Mark = segment.Mark;
        MendEnd(segment, closedAt);
    }

    private bool Note(JournalDamage? damage)
    {
        if (damage is not null) _damage.Add(damage);
        return true;
    }

    private void MendEnd(SegmentReader segment, long? closedAt)
    {
        var empty = segment.Mark == 0;
        if (!empty && segment.Header is null) _damage.Add(JournalGap.Header(segment.First));
        if (closedAt > Last)
        {
            // Not torn but damaged: what is left of these records stays for whoever can read it, and their numbers stay theirs.
            _damage.Add(JournalGap.End(segment, closedAt.Value));
            Next = closedAt.Value + 1;
            return;
        }
        if (empty) End = 0;
        _torn = segment.Length - End;
        var file = _disk.Create(Path, out var errno) ?? throw Failure(errno, "could not be opened");
        Segment = file;
        if (_torn > 0) errno = _disk.Cut(file, End);
        if (errno == 0) errno = _disk.Sync(file);
        if (errno != 0) throw Failure(errno, "could not be mended");

        var sameBoot = Boot.Current != 0 && segment.Header?.Boot == Boot.Current;
        if (!empty && sameBoot) return;
        if (!empty && closedAt != Last)
        {
            Next = Last + 1 + PassedOver;
            _damage.Add(new JournalDamage(SegmentHeader.FileName(segment.First), End, Last + 1, Next - 1, JournalGap.Restarted));
        }
        Segment = null;
        file.Dispose();
    }

    private IOException Failure(int errno, string what) => new(Errno.Failure(errno, what, Path).Error, errno);

    /// <summary>The last number, as a clean close has noted it; null when there was none.</summary>
    public static long? ReadClosed(string folder)
    {
        var path = System.IO.Path.Combine(folder, ClosedName);
        return File.Exists(path) && long.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out var last) ? last : null;
    }

    /// <summary>Reads and removes the note of a clean close, which must not outlive the first record after it.</summary>
    private long? TakeClosed()
    {
        if (!File.Exists(ClosedPath)) return null;
        var last = ReadClosed(Folder.Path);
        var errno = _disk.Delete(ClosedPath);
        if (errno == 0) errno = _disk.SyncFolder(Lock);
        if (errno != 0) throw new IOException(Errno.Failure(errno, "could not be removed", ClosedPath).Error, errno);
        return last;
    }
}
