using Holdfast.Lab.Posix;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Lab.Contents;

/// <summary>
/// Files that come in pieces (<c>chunk</c> 1, 2, … and -1 for the last; JupyterLab sends 1 MiB each). They are put together beside their
/// place: whoever reads meanwhile has the old file or none, and never half of one. A piece that is sent again, because its answer was lost,
/// takes its own place.
/// </summary>
internal sealed class Uploads(TimeProvider time) : IDisposable
{
    /// <summary>How long the next piece is waited for before what has come is thrown away.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(1);
    private const int Most = 100;
    /// <summary>The number of the last piece.</summary>
    public const long Last = -1;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Upload> _open = [];

    /// <summary>Takes a piece. The last one makes the file.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="chunk">Its number; 1 begins anew.</param>
    /// <param name="bytes">The piece.</param>
    /// <param name="soFar">What has come, until it is whole; null after that.</param>
    public ContentsFault? Take(ContentsPath path, long chunk, ReadOnlyMemory<byte> bytes, out FileStatus? soFar)
    {
        soFar = null;
        var (upload, fault) = Find(path, chunk);
        if (upload is null)
            return fault;
        FileStatus? status = null;
        lock (upload)
            fault = !upload.Takes(chunk) ? OutOfTurn(path, chunk) : ContentsFault.Try(path, () => status = upload.Write(chunk, bytes.Span, time.GetUtcNow()));
        // Not inside: whoever holds the gate waits for uploads.
        if (chunk == Last && fault is null)
            Forget(path, upload);
        soFar = status;
        return fault;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var upload in _open.Values)
            upload.Close();
    }

    private (Upload?, ContentsFault?) Find(ContentsPath path, long chunk)
    {
        lock (_gate)
        {
            foreach (var (old, idle) in _open)
                if (time.GetUtcNow() - idle.Touched > Patience || chunk == 1 && old == path.Full)
                {
                    idle.Close();
                    _open.Remove(old);
                }
            if (_open.TryGetValue(path.Full, out var known))
                return (known, null);
            if (chunk != 1)
                return (null, OutOfTurn(path, chunk));
            if (_open.Count >= Most)
                return (null, new ContentsFault(StatusCodes.Status503ServiceUnavailable, $"{Most} files are being uploaded already; mend: wait for one of them."));
            Upload? made = null;
            var fault = ContentsFault.Try(path, () => _open[path.Full] = made = new Upload(new AtomicFile(path.Full), time.GetUtcNow()));
            return (made, fault);
        }
    }

    private static ContentsFault OutOfTurn(ContentsPath path, long chunk) => new(StatusCodes.Status409Conflict,
        $"Piece {chunk} of '{path.Api}' came without the one before it; mend: send the file again from its first piece.");

    private void Forget(ContentsPath path, Upload upload)
    {
        lock (_gate)
            if (_open.GetValueOrDefault(path.Full) == upload)
                _open.Remove(path.Full);
    }

    private sealed class Upload(AtomicFile file, DateTimeOffset begun)
    {
        private long _chunk;
        private long _start;
        private bool _closed;

        public DateTimeOffset Touched { get; private set; } = begun;

        /// <summary>Whether a piece is the next, the last or the one that came before.</summary>
        public bool Takes(long chunk) => !_closed && (chunk == Last || chunk == _chunk || chunk == _chunk + 1);

        /// <summary>Writes a piece; one that fails leaves none of itself. What has come by then; null when it is whole.</summary>
        public FileStatus? Write(long chunk, ReadOnlySpan<byte> bytes, DateTimeOffset now)
        {
            Touched = now;
            var start = chunk == _chunk ? _start : file.Stream.Length;
            file.Stream.SetLength(start);
            file.Stream.Position = start;
            try
            {
                file.Stream.Write(bytes);
            }
            catch (IOException)
            {
                file.Stream.SetLength(start);
                throw;
            }
            (_start, _chunk) = (start, chunk);
            if (chunk != Last)
                return file.Status;
            file.Commit();
            Close();
            return null;
        }

        /// <summary>Throws away what has come, unless it was made the file.</summary>
        public void Close()
        {
            lock (this)
            {
                _closed = true;
                file.Dispose();
            }
        }
    }
}
