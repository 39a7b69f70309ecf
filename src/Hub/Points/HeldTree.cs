using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Storage;

namespace Holdfast.Hub.Points;

/// <summary>Package folders as they were at one moment: what there was, and by which name the content of each file is held.</summary>
/// <param name="Roots">The folders, as paths from the home on, that were looked at: one that has no entry was not there.</param>
/// <param name="Entries">All that was in them, each after the folder that it lies in.</param>
internal sealed record HeldTree(IReadOnlyList<string> Roots, IReadOnlyList<HeldEntry> Entries)
{
    private const byte Format = 1;

    /// <summary>Tells one tree from another: kinds, owners, modes, sizes, times of modification, targets of links.</summary>
    public string Mark()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var root in Roots) hash.AppendData(Encoding.UTF8.GetBytes($"{root}\n"));
        foreach (var entry in Entries) hash.AppendData(Encoding.UTF8.GetBytes($"{entry.Path}\0{entry.Fingerprint}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..32];
    }

    /// <summary>All that was in a root, and the root itself first; nothing when it was not there.</summary>
    public IReadOnlyList<HeldEntry> Of(string root) => [.. Entries.Where(entry => ForeignTree.IsIn(entry.Path, root))];

    /// <summary>How another one differs from this one.</summary>
    public FileCounts CountTo(HeldTree other)
    {
        var before = Entries.Where(entry => !entry.IsFolder).ToDictionary(entry => entry.Path, entry => entry.Fingerprint);
        var (added, changed) = (0, 0);
        foreach (var entry in other.Entries.Where(entry => !entry.IsFolder))
        {
            if (!before.Remove(entry.Path, out var was)) added++;
            else if (was != entry.Fingerprint) changed++;
        }
        return new FileCounts(added, before.Count, changed);
    }

    public void Write(Stream to)
    {
        // In large pieces: each is compressed for itself.
        using var writer = new BinaryWriter(new BufferedStream(new BrotliStream(to, CompressionLevel.Fastest, leaveOpen: true), 256 << 10), Encoding.UTF8);
        writer.Write(Format);
        writer.Write7BitEncodedInt(Roots.Count);
        foreach (var root in Roots) writer.Write(root);
        writer.Write7BitEncodedInt(Entries.Count);
        foreach (var entry in Entries) entry.Write(writer);
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static HeldTree Read(Stream from)
    {
        using var reader = new BinaryReader(new BrotliStream(from, CompressionMode.Decompress), Encoding.UTF8);
        if (reader.ReadByte() != Format) throw new InvalidDataException("This is no list of package folders of this version.");
        var roots = Enumerable.Range(0, reader.Read7BitEncodedInt()).Select(_ => reader.ReadString()).ToList();
        return new HeldTree(roots, [.. Enumerable.Range(0, reader.Read7BitEncodedInt()).Select(_ => HeldEntry.Read(reader))]);
    }
}

/// <summary>A file, folder or link of a tree.</summary>
/// <param name="Path">From the home on.</param>
/// <param name="Status">As it was.</param>
/// <param name="Link">What a link says; null for what is none.</param>
/// <param name="Content">The name of a file's content; empty for what has none, or is not held.</param>
/// <param name="Held">When the file with the content was changed last, as it was held: another time says that somebody has written into it.</param>
internal sealed record HeldEntry(string Path, PathStatus Status, string? Link, string Content, (long Seconds, uint Nanoseconds) Held)
{
    public bool IsFolder => Status.IsFolder;

    /// <summary>What makes two of the same path the same.</summary>
    public string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"{Status.Mode} {Status.User} {Status.Group} {(Status.IsFile ? $"{Status.Size} {Status.Modified}" : Link)}");

    /// <summary>Whether it is the very same file, and nothing was done to it.</summary>
    public bool IsUntouched(HeldEntry other) =>
        (Status.Inode, Status.Size, Status.Modified, Status.Changed) == (other.Status.Inode, other.Status.Size, other.Status.Modified, other.Status.Changed);

    public void Write(BinaryWriter to)
    {
        to.Write(Path);
        to.Write(Status.Mode);
        to.Write7BitEncodedInt64(Status.User);
        to.Write7BitEncodedInt64(Status.Group);
        to.Write7BitEncodedInt64(Status.Size);
        to.Write7BitEncodedInt64((long)Status.Inode);
        WriteTime(to, Status.Modified);
        WriteTime(to, Status.Changed);
        to.Write(Link ?? "");
        to.Write(Content);
        WriteTime(to, Held);
    }

    public static HeldEntry Read(BinaryReader from)
    {
        var path = from.ReadString();
        var mode = from.ReadUInt16();
        var (user, group, size, inode) = ((uint)from.Read7BitEncodedInt64(), (uint)from.Read7BitEncodedInt64(), from.Read7BitEncodedInt64(), (ulong)from.Read7BitEncodedInt64());
        var status = new PathStatus(mode, 1, user, group, inode, size, 0, 0, ReadTime(from), ReadTime(from));
        var link = from.ReadString();
        return new HeldEntry(path, status, status.IsLink ? link : null, from.ReadString(), ReadTime(from));
    }

    private static void WriteTime(BinaryWriter to, (long Seconds, uint Nanoseconds) time)
    {
        to.Write7BitEncodedInt64(time.Seconds);
        to.Write7BitEncodedInt((int)time.Nanoseconds);
    }

    private static (long, uint) ReadTime(BinaryReader from) => (from.Read7BitEncodedInt64(), (uint)from.Read7BitEncodedInt());
}
