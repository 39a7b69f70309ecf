using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Holdfast.Lab.Posix;

/// <summary>What the file system knows of one entry (statx(2)).</summary>
/// <param name="Mode">Type and permission bits, as in <c>st_mode</c>.</param>
/// <param name="User">The owner's id.</param>
/// <param name="Group">The group's id.</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="Inode">The inode's number.</param>
/// <param name="Device">Major and minor number of the device it lies on.</param>
/// <param name="Modified">When the content was last changed.</param>
/// <param name="Created">When it was made; when the inode was last changed where the file system does not keep that.</param>
/// <param name="Changed">When the inode was last changed: at every change of content, name or mode, whatever <paramref name="Modified"/> was set to.</param>
internal readonly record struct FileStatus(
    int Mode, uint User, uint Group, long Size, ulong Inode, ulong Device, DateTimeOffset Modified, DateTimeOffset Created, DateTimeOffset Changed)
{
    private const uint BasicAndBirth = 0xfff;
    private const uint HasBirth = 0x800;

    public bool IsFolder => (Mode & 0xf000) == 0x4000;
    public bool IsFile => (Mode & 0xf000) == 0x8000;
    public bool IsLink => (Mode & 0xf000) == 0xa000;
    public UnixFileMode Permissions => (UnixFileMode)(Mode & 0xfff);

    /// <summary>The entry at <paramref name="path"/>, links followed; null when there is none or it cannot be reached.</summary>
    public static FileStatus? Of(string path) => Of(path, out _);

    /// <summary>As <see cref="Of(string)"/>, with the error number (errno) when there is none.</summary>
    public static FileStatus? Of(string path, out int error) => Of(path, 0, out error);

    /// <summary>The entry itself where it is a link, whether what it points at is there or not.</summary>
    public static FileStatus? OfLink(string path) => Of(path, Libc.NoFollow, out _);

    private static unsafe FileStatus? Of(string path, int flags, out int error)
    {
        // struct statx has one layout on every architecture (linux/stat.h).
        Span<byte> raw = stackalloc byte[256];
        fixed (byte* result = raw)
        {
            error = Libc.Statx(Libc.CurrentFolder, path, flags, BasicAndBirth, result) == 0 ? 0 : Marshal.GetLastPInvokeError();
            if (error != 0)
                return null;
        }
        var mask = BinaryPrimitives.ReadUInt32LittleEndian(raw);
        return new FileStatus(
            BinaryPrimitives.ReadUInt16LittleEndian(raw[28..]),
            BinaryPrimitives.ReadUInt32LittleEndian(raw[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(raw[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(raw[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(raw[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(raw[136..]),
            Time(raw[112..]),
            Time((mask & HasBirth) != 0 ? raw[80..] : raw[96..]),
            Time(raw[96..]));
    }

    private static DateTimeOffset Time(ReadOnlySpan<byte> raw)
    {
        var seconds = BinaryPrimitives.ReadInt64LittleEndian(raw);
        var nanoseconds = BinaryPrimitives.ReadUInt32LittleEndian(raw[8..]);
        // Files with times past the calendar exist; Jupyter shows the epoch for them.
        return seconds is > -62_000_000_000 and < 253_000_000_000
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds).AddTicks(nanoseconds / 100)
            : DateTimeOffset.UnixEpoch;
    }
}
