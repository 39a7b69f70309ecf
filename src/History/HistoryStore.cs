using System.Security.Cryptography;
using Holdfast.History.Storing;
using Holdfast.Notebooks;
using Holdfast.Notebooks.Comparing;
using Holdfast.Sqlite;
using Microsoft.Data.Sqlite;

namespace Holdfast.History;

/// <summary>
/// The versions of all notebooks of one state folder, in <c>history.db</c>. Several processes may have it open; each call is one transaction.
/// An object is for one thread. Notebooks are named by their path; every method throws <see cref="IOException"/> when the database cannot be
/// read or written, with the file's name and the fault.
/// </summary>
public sealed partial class HistoryStore : IDisposable
{
    private const string FirstVersion = "first version";
    private const string OldestVersion = "oldest version kept";

    /// <summary>How long a call waits while another process writes; longer than the longest write.</summary>
    private const int SecondsToWait = 10;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly HistoryDatabase _database;

    private HistoryStore(HistoryDatabase database) => _database = database;

    /// <summary>The database of a state folder.</summary>
    public static string FileOf(string stateFolder) => Path.Join(stateFolder, "history.db");

    /// <summary>Opens the store, and makes it where there is none; only its owner can read it.</summary>
    public static HistoryStore Open(string stateFolder)
    {
        var file = FileOf(stateFolder);
        Directory.CreateDirectory(stateFolder, OwnerOnly | UnixFileMode.UserExecute);
        if (!File.Exists(file))
        {
            // Its journals get the mode of the database.
            using var made = new FileStream(file, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        }
        return Guarded(file, () => new HistoryStore(HistoryDatabase.Open(SystemSqlite.Open(file, SqliteOpenMode.ReadWrite, SecondsToWait))));
    }

    /// <summary>Opens the store; null when nothing has been kept yet.</summary>
    public static HistoryStore? OpenExisting(string stateFolder) => new FileInfo(FileOf(stateFolder)) is { Exists: true, Length: > 0 } ? Open(stateFolder) : null;

    /// <summary>Whether the newest version has these bytes.</summary>
    /// <param name="path">The notebook.</param>
    /// <param name="hash">The SHA-256 of its file.</param>
    public bool IsNewest(string path, ReadOnlySpan<byte> hash)
    {
        var wanted = hash.ToArray();
        return Guarded(() => Newest(NotebookIdentity.Of(path)) is { } newest && newest.Hash.AsSpan().SequenceEqual(wanted));
    }

    /// <summary>Keeps a version; null when the newest one has the same bytes already.</summary>
    /// <param name="path">The notebook.</param>
    /// <param name="bytes">Its file. It need not be a notebook.</param>
    /// <param name="kind">What made the version.</param>
    /// <param name="time">When.</param>
    /// <param name="note">What should be said before the words for the change: <c>version 3</c>; null for nothing.</param>
    public HistoryVersion? Add(string path, ReadOnlyMemory<byte> bytes, VersionKind kind, DateTimeOffset time, string? note = null) => Guarded(() =>
    {
        var identity = NotebookIdentity.Of(path);
        var hash = SHA256.HashData(bytes.Span);
        using var transaction = _database.Begin();
        var newest = Newest(identity);
        if (newest is not null && newest.Hash.AsSpan().SequenceEqual(hash))
            return null;
        var notebook = NotebookDocument.Parse(bytes).Document;
        var change = newest is null ? FirstVersion : ChangeWords.Of(Document(newest), notebook);
        var version = new HistoryVersion((newest?.Number ?? 0) + 1, time, kind, bytes.Length, notebook?.Cells.Count, change);
        _database.Insert(_database.IdOf(identity, make: true), version, note, hash, ChunkList.Write(Chunks(bytes, notebook)));
        transaction.Commit();
        return version;
    });

    /// <summary>The versions of a notebook, newest first; empty when it has none.</summary>
    public IReadOnlyList<HistoryVersion> List(string path) => Guarded(() => _database.Versions(_database.IdOf(NotebookIdentity.Of(path))));

    /// <summary>All notebooks with a history, those that changed last first.</summary>
    public IReadOnlyList<NotebookEntry> Notebooks() => Guarded(_database.Notebooks);

    /// <summary>The bytes of a version; null when there is none of that number.</summary>
    public byte[]? Read(string path, int number) => Guarded(() => _database.Row(_database.IdOf(NotebookIdentity.Of(path)), number) is { } row ? Whole(row) : null);

    /// <summary>
    /// Carries the versions of a notebook, or of every notebook below a folder, over to another path, and says so with a version of each.
    /// Where the other path has versions of an earlier notebook, they stay, and those of this one follow them.
    /// </summary>
    public void Rename(string from, string to, DateTimeOffset time) => Guarded(() =>
    {
        var (before, after) = (NotebookIdentity.Of(from), NotebookIdentity.Of(to));
        using var transaction = _database.Begin();
        foreach (var (id, path) in _database.Below(before))
        {
            var moved = _database.Move(id, after + path[before.Length..]);
            var newest = _database.Row(moved, null)!;
            var note = Path.GetDirectoryName(path) == Path.GetDirectoryName(after) ? Path.GetFileName(path) : path;
            var version = new HistoryVersion(newest.Number + 1, time, VersionKind.Rename, newest.Size, newest.Cells, "");
            _database.Insert(moved, version, $"was {note}", newest.Hash, newest.Chunks);
        }
        transaction.Commit();
        return true;
    });

    /// <inheritdoc />
    public void Dispose() => _database.Dispose();

    private VersionRow? Newest(string identity) => _database.Row(_database.IdOf(identity), null);

    /// <summary>The notebook of a version; null when it is none, or is damaged: nothing must keep the next version from being kept.</summary>
    private NotebookDocument? Document(VersionRow row) => TryRead(row) is { } bytes ? NotebookDocument.Parse(bytes).Document : null;

    private List<long> Chunks(ReadOnlyMemory<byte> bytes, NotebookDocument? notebook)
    {
        var ids = new List<long>();
        var start = 0;
        foreach (var end in Chunking.Ends(bytes, notebook))
        {
            var chunk = bytes.Span[start..end];
            var hash = SHA256.HashData(chunk);
            ids.Add(_database.FindChunk(hash) ?? _database.InsertChunk(hash, chunk.Length, Packing.Pack(chunk)));
            start = end;
        }
        return ids;
    }

    private byte[] Whole(VersionRow row) =>
        TryRead(row) ?? throw new IOException($"{_database.File}: version {row.Number} of this notebook is damaged. Other versions may be whole.");

    private byte[]? TryRead(VersionRow row)
    {
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)row.Size));
        var filled = 0;
        foreach (var id in ChunkList.Read(row.Chunks))
        {
            if (_database.Chunk(id) is not { } chunk || filled + chunk.Size > bytes.Length || !Packing.TryUnpack(chunk.Packed, bytes.AsSpan(filled, chunk.Size)))
                return null;
            filled += chunk.Size;
        }
        return filled == bytes.Length && SHA256.HashData(bytes).AsSpan().SequenceEqual(row.Hash) ? bytes : null;
    }

    private T Guarded<T>(Func<T> act) => Guarded(_database.File, act);

    private static T Guarded<T>(string file, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (SqliteException fault)
        {
            throw new IOException($"The history of notebooks in {file} cannot be used: {fault.Message}", fault);
        }
    }
}
