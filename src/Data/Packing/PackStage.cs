using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Data.Packing;

/// <summary>
/// The images that a packing has decoded, by the hash of their files, in a file of the pack's folder: what a killed packing has done is not done again. Each
/// record has a checksum, and one that is not whole counts as free. Safe for concurrent calls.
/// </summary>
internal sealed class PackStage : IDisposable
{
    private const int HeaderBytes = 128, HashBytes = 32;

    private readonly ConcurrentDictionary<string, Staged> _images = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<long> _free = new();
    private readonly SafeFileHandle _file;
    private readonly int _recordBytes;
    private long _records;

    /// <summary>Opens the stage of a folder; one of another shape is begun anew.</summary>
    public PackStage(string path, PackShape shape)
    {
        _recordBytes = HashBytes + 12 + shape.Bytes;
        _file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var header = new byte[HeaderBytes];
        Encoding.UTF8.GetBytes($"holdfast stage {PackInfo.Format} {shape}", header);
        var found = new byte[HeaderBytes];
        if (RandomAccess.Read(_file, found, 0) == HeaderBytes && found.AsSpan().SequenceEqual(header)) ReadAll();
        else
        {
            RandomAccess.SetLength(_file, 0);
            RandomAccess.Write(_file, header, 0);
        }
    }

    /// <summary>The size of an image's original, and whether the image was here from the beginning; null when it is not here.</summary>
    public (int Height, int Width, bool IsOld)? Find(string sha256) => _images.TryGetValue(sha256, out var staged) ? (staged.Height, staged.Width, staged.IsOld) : null;

    /// <summary>Where an image is made that is to be added; one for each thread.</summary>
    public byte[] NewRecord() => new byte[_recordBytes];

    /// <summary>The pixels of a record.</summary>
    public static Span<byte> PixelsOf(byte[] record) => record.AsSpan(HashBytes + 12);

    /// <summary>Adds the image whose pixels are in a record. A record of a full disk is not whole, so it will count as free.</summary>
    /// <exception cref="IOException">The disk takes no more.</exception>
    public void Add(string sha256, int height, int width, byte[] record)
    {
        Convert.FromHexString(sha256, record, out _, out _);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(HashBytes), height);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(HashBytes + 4), width);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(HashBytes + 8), Checksum(record));
        if (!_free.TryDequeue(out var number)) number = Interlocked.Increment(ref _records) - 1;
        RandomAccess.Write(_file, record, PlaceOf(number));
        _images[sha256] = new Staged(number, height, width, false);
    }

    /// <summary>Reads the pixels of an image that is here.</summary>
    public void Read(string sha256, Span<byte> pixels)
    {
        if (RandomAccess.Read(_file, pixels, PlaceOf(_images[sha256].Number) + HashBytes + 12) != pixels.Length) throw new InvalidDataException("The stage of the pack was cut off.");
    }

    public void Dispose() => _file.Dispose();

    private long PlaceOf(long number) => HeaderBytes + number * _recordBytes;

    private void ReadAll()
    {
        _records = (RandomAccess.GetLength(_file) - HeaderBytes + _recordBytes - 1) / _recordBytes;
        var record = new byte[_recordBytes];
        for (var number = 0L; number < _records; number++)
        {
            var isWhole = RandomAccess.Read(_file, record, PlaceOf(number)) == _recordBytes
                && BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(HashBytes + 8)) == Checksum(record);
            if (!isWhole) _free.Enqueue(number);
            else _images[Convert.ToHexStringLower(record.AsSpan(0, HashBytes))] = new Staged(number, BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(HashBytes)), BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(HashBytes + 4)), true);
        }
    }

    /// <summary>CRC-32C of a record without its checksum; never that of a hole.</summary>
    private static uint Checksum(ReadOnlySpan<byte> record)
    {
        var crc = uint.MaxValue;
        foreach (var b in record[..(HashBytes + 8)]) crc = BitOperations.Crc32C(crc, b);
        var pixels = record[(HashBytes + 12)..];
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(pixels)) crc = BitOperations.Crc32C(crc, word);
        foreach (var b in pixels[(pixels.Length & ~7)..]) crc = BitOperations.Crc32C(crc, b);
        return ~crc | 1;
    }

    private readonly record struct Staged(long Number, int Height, int Width, bool IsOld);
}
