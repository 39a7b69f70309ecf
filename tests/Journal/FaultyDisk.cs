using Microsoft.Win32.SafeHandles;

namespace Holdfast.Journal.Tests;

/// <summary>The real disk, on which operations fail by name: create, read, write, sync, sync-folder, cut, delete.</summary>
internal sealed class FaultyDisk : IDisk
{
    private readonly Dictionary<string, (int Errno, int Times)> _faults = [];
    private readonly Lock _gate = new();

    /// <summary>How many bytes of a write that fails are written before it fails.</summary>
    public int PartOfWrite { get; set; }

    /// <summary>Where a block of 4096 bytes begins that cannot be read; -1 for none.</summary>
    public long BadBlock { get; set; } = -1;

    /// <summary>Whether syncs are only counted, for a test of many small journals.</summary>
    public bool NeverSync { get; init; }

    /// <summary>How often each operation was called.</summary>
    public Dictionary<string, int> Calls { get; } = [];

    /// <summary>Lets an operation fail a number of times.</summary>
    public void Fail(string operation, int errno, int times = int.MaxValue)
    {
        lock (_gate) _faults[operation] = (errno, times);
    }

    public void Heal()
    {
        lock (_gate) _faults.Clear();
    }

    public SafeFileHandle? Create(string path, out int errno) => (errno = Fault("create")) == 0 ? UnixDisk.Instance.Create(path, out errno) : null;

    public int Read(SafeFileHandle file, Span<byte> bytes, long offset) =>
        Fault("read") is var errno and not 0 ? -errno
        : BadBlock >= 0 && offset < BadBlock + 4096 && offset + bytes.Length > BadBlock ? -Errno.InputOutput : UnixDisk.Instance.Read(file, bytes, offset);

    public int Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        var errno = Fault("write");
        if (errno != 0) _ = UnixDisk.Instance.Write(file, bytes[..Math.Min(PartOfWrite, bytes.Length)], offset);
        return errno != 0 ? errno : UnixDisk.Instance.Write(file, bytes, offset);
    }

    public int Sync(SafeFileHandle file) => Fault("sync") is var errno and not 0 ? errno : NeverSync ? 0 : UnixDisk.Instance.Sync(file);

    public int SyncFolder(SafeFileHandle folder) => Fault("sync-folder") is var errno and not 0 ? errno : NeverSync ? 0 : UnixDisk.Instance.SyncFolder(folder);

    public int Cut(SafeFileHandle file, long length) => Fault("cut") is var errno and not 0 ? errno : UnixDisk.Instance.Cut(file, length);

    public int Delete(string path) => Fault("delete") is var errno and not 0 ? errno : UnixDisk.Instance.Delete(path);

    private int Fault(string operation)
    {
        lock (_gate)
        {
            Calls[operation] = Calls.GetValueOrDefault(operation) + 1;
            if (!_faults.TryGetValue(operation, out var fault)) return 0;
            if (fault.Times == 1) _faults.Remove(operation);
            else _faults[operation] = fault with { Times = fault.Times - 1 };
            return fault.Errno;
        }
    }
}
