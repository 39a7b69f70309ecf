using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Holdfast.Lab.Contents;

/// <summary>One pass over a file before it is sent: whether it is text, and its hash. The file is never held in memory as a whole.</summary>
internal static class FileScan
{
    private const int Step = 1 << 17;

    /// <summary>Whether the file is UTF-8 (when asked), and its SHA-256 in hex (when asked, else null).</summary>
    public static (bool IsText, string? Hash) Of(FileStream file, bool checkText, bool hash)
    {
        using var digest = hash ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        var buffer = ArrayPool<byte>.Shared.Rent(Step);
        try
        {
            var isText = true;
            var kept = 0;
            file.Position = 0;
            int read;
            while ((read = file.Read(buffer, kept, buffer.Length - kept)) > 0)
            {
                digest?.AppendData(buffer, kept, read);
                var filled = buffer.AsSpan(0, kept + read);
                kept = 0;
                if (!checkText || !isText)
                {
                    if (digest is null)
                        break;
                    continue;
                }
                // A character may lie across two reads: its first bytes wait for the rest.
                var whole = filled.Length - Unfinished(filled);
                isText = System.Text.Unicode.Utf8.IsValid(filled[..whole]);
                filled[whole..].CopyTo(buffer);
                kept = filled.Length - whole;
            }
            return (isText && kept == 0, digest is null ? null : Convert.ToHexStringLower(digest.GetHashAndReset()));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>How many bytes at the end begin a character that is not complete.</summary>
    private static int Unfinished(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var lead = bytes[^back];
            if ((lead & 0xc0) != 0x80)
                return Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == OperationStatus.NeedMoreData ? back : 0;
        }
        return 0;
    }
}
