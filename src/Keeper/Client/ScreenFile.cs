using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Holdfast.Keeper.Contract;
using Holdfast.Terminals;

namespace Holdfast.Keeper.Client;

/// <summary>
/// <c>screen.bin</c> in a terminal's folder: 8 bytes <c>HFSCRN1\n</c>, i64 number of the last record that it shows, i64 ticks of the terminal's start, u16 rows,
/// u16 columns, the sequence that makes the screen, and 32 bytes SHA-256 of all before. Little-endian. It can be thrown away.
/// </summary>
internal static class ScreenFile
{
    private const int HeadBytes = 28, HashBytes = 32;

    private static ReadOnlySpan<byte> Magic => "HFSCRN1\n"u8;

    /// <summary>The screen and the number of the last record it shows; null when there is none that can be used.</summary>
    public static (TerminalScreen Screen, long Sequence)? Read(TerminalRecord terminal)
    {
        try
        {
            var bytes = File.ReadAllBytes(PathOf(terminal)).AsSpan();
            if (bytes.Length < HeadBytes + HashBytes || !bytes.StartsWith(Magic)) return null;
            var content = bytes[..^HashBytes];
            if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes[^HashBytes..])) return null;
            if (BinaryPrimitives.ReadInt64LittleEndian(content[16..]) != terminal.Started.UtcTicks) return null;
            var screen = new TerminalScreen(BinaryPrimitives.ReadUInt16LittleEndian(content[24..]), BinaryPrimitives.ReadUInt16LittleEndian(content[26..]));
            screen.Feed(content[HeadBytes..]);
            return (screen, BinaryPrimitives.ReadInt64LittleEndian(content[8..]));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public static bool TryWrite(TerminalRecord terminal, TerminalScreen screen, long sequence)
    {
        var content = new ArrayBufferWriter<byte>(64 << 10);
        var head = content.GetSpan(HeadBytes);
        Magic.CopyTo(head);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], terminal.Started.UtcTicks);
        BinaryPrimitives.WriteUInt16LittleEndian(head[24..], (ushort)screen.Rows);
        BinaryPrimitives.WriteUInt16LittleEndian(head[26..], (ushort)screen.Columns);
        content.Advance(HeadBytes);
        screen.WriteSnapshot(content);
        content.Write(SHA256.HashData(content.WrittenSpan));
        // Several may write at once, each a whole one.
        var temporary = $"{PathOf(terminal)}.{Guid.NewGuid():N}";
        try
        {
            using (var stream = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                stream.Write(content.WrittenSpan);
            }

            File.Move(temporary, PathOf(terminal), overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            try
            {
                File.Delete(temporary);
            }
            catch (Exception more) when (more is IOException or UnauthorizedAccessException)
            {
                // The folder has gone.
            }

            return false;
        }
    }

    private static string PathOf(TerminalRecord terminal) => Path.Combine(terminal.Folder, "screen.bin");
}
