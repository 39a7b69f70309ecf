using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Lab.Posix;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Contents;

/// <summary>
/// Files that come from pages that say where each piece belongs, so that they can go on after a cut, in another lab, from another page
/// (docs/uploads.md). Nothing of them is held in memory: what has come lies beside its place, under a name that follows from it, and a note
/// in the state folder says whose it is. The file itself is replaced when all has come, not before.
/// </summary>
internal sealed class ResumedUploads(LabOptions options, TimeProvider time)
{
    /// <summary>How long what has come waits for the rest.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <summary>Bytes that are compared at once; JupyterLab's pieces have this size.</summary>
    public const int Block = 1 << 20;

    private const int LongestId = 64;
    private readonly string _notes = Path.Combine(options.StateFolder, "uploads");

    /// <summary>Begins an upload, or takes over what has come of one; pieces of any other are refused from now on.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="id">The page's name for the upload.</param>
    /// <param name="hashes">The SHA-256 of each whole block that has come.</param>
    public ContentsFault? Begin(ContentsPath path, string id, out List<byte[]> hashes)
    {
        hashes = [];
        var found = hashes;
        if (id.Length is 0 or > LongestId)
            return ContentsFault.Bad($"An upload's id has 1 to {LongestId} characters");
        return Try(path, () =>
        {
            Sweep();
            using var part = AtomicFile.Kept(path.Full);
            Directory.CreateDirectory(_notes, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            AtomicFile.Write(NoteOf(path), Encoding.UTF8.GetBytes($"{id}\n{AtomicFile.KeptName(path.Full)}"));
            var block = ArrayPool<byte>.Shared.Rent(Block);
            while (part.Stream.ReadAtLeast(block.AsSpan(0, Block), Block, throwOnEndOfStream: false) == Block)
                found.Add(SHA256.HashData(block.AsSpan(0, Block)));
            ArrayPool<byte>.Shared.Return(block);
            return null;
        });
    }

    /// <summary>Takes a piece. The last one makes the file.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="piece">Whose it is and where it belongs; what has come from there on is replaced.</param>
    /// <param name="isLast">Whether nothing comes after it.</param>
    /// <param name="bytes">The piece.</param>
    /// <param name="soFar">What has come, until it is whole; null after that.</param>
    public ContentsFault? Take(ContentsPath path, UploadPiece piece, bool isLast, ReadOnlyMemory<byte> bytes, out FileStatus? soFar)
    {
        FileStatus? status = null;
        var fault = Try(path, () =>
        {
            if (!File.Exists(NoteOf(path)) || File.ReadLines(NoteOf(path)).First() != piece.Upload)
                return new ContentsFault(StatusCodes.Status409Conflict, $"Another upload of '{path.Api}' has begun; mend: wait for it, or upload the file again.");
            // Its answer was lost, and it is sent again.
            if (isLast && !File.Exists(AtomicFile.KeptName(path.Full)) && path.Status()?.Size == piece.Offset + bytes.Length)
                return null;
            using var part = AtomicFile.Kept(path.Full);
            if (piece.Offset > part.Stream.Length)
                return new ContentsFault(StatusCodes.Status409Conflict,
                    $"Of '{path.Api}' only {part.Stream.Length} bytes are here; mend: upload the file again, it goes on from there.");
            part.Stream.SetLength(piece.Offset);
            part.Stream.Position = piece.Offset;
            part.Stream.Write(bytes.Span);
            if (isLast)
                part.Commit();
            else
                status = part.Status;
            return null;
        });
        soFar = status;
        return fault;
    }

    private static ContentsFault? Try(ContentsPath path, Func<ContentsFault?> act)
    {
        ContentsFault? refused = null;
        return ContentsFault.Try(path, () => refused = act()) ?? refused;
    }

    /// <summary>Throws away what nobody has gone on with.</summary>
    private void Sweep()
    {
        if (!Directory.Exists(_notes))
            return;
        foreach (var note in Directory.GetFiles(_notes))
        {
            var part = File.ReadLines(note).Skip(1).FirstOrDefault() ?? "";
            var touched = File.GetLastWriteTimeUtc(File.Exists(part) ? part : note);
            if (time.GetUtcNow() - touched <= Patience)
                continue;
            File.Delete(part);
            File.Delete(note);
        }
    }

    private string NoteOf(ContentsPath path) => Path.Combine(_notes, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path.Full))));
}
