using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Holdfast.Notebooks.Trust;

/// <summary>What the notary says of a notebook.</summary>
/// <param name="IsTrusted">Whether its signature is known (now).</param>
/// <param name="Problem">What keeps the notary from its files, for people; null when nothing does.</param>
/// <param name="Signature">The signature that a notebook was signed with; null when it was not signed.</param>
public readonly record struct TrustAnswer(bool IsTrusted, string? Problem = null, string? Signature = null);

/// <summary>
/// Says which notebooks are trusted, and signs them, with the secret and the database of Jupyter's data folder: what <c>jupyter trust</c> has
/// signed is trusted here, and the other way round. A secret or database that cannot be used is never an error of the caller: signatures then
/// hold for as long as this object lives, and are put into the database with the next one that can be. Safe for use by several threads.
/// </summary>
/// <param name="dataFolder">Jupyter's data folder, see <see cref="DataFolder"/>; it need not be there.</param>
/// <param name="time">The clock.</param>
public sealed class Notary(string dataFolder, TimeProvider time)
{
    private const int MostWaiting = 1024;
    /// <summary>How long a database that failed is left alone: each try may wait a second for it.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly SignatureDatabase _database = new(Path.Join(dataFolder, "nbsignatures.db"), time);
    private readonly Lock _gate = new();
    private readonly Queue<string> _waiting = new();
    private byte[]? _secret;
    private byte[]? _ownSecret;
    private string? _secretProblem;
    private string? _databaseProblem;
    private DateTimeOffset _nextTry;

    /// <summary>The database of signatures.</summary>
    public string DatabaseFile { get; } = Path.Join(dataFolder, "nbsignatures.db");

    /// <summary>The file of the secret.</summary>
    public string SecretFile { get; } = Path.Join(dataFolder, "notebook_secret");

    /// <summary>Jupyter's data folder as jupyter_core finds it in these variables.</summary>
    public static string DataFolder(IReadOnlyDictionary<string, string> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var home = Named("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Named("JUPYTER_DATA_DIR") ?? Path.Join(Named("XDG_DATA_HOME") ?? Path.Join(home, ".local/share"), "jupyter");

        string? Named(string name) => environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;
    }

    /// <summary>The secret, the same array as long as it does not change. Null when there is none yet; then nothing is trusted.</summary>
    public byte[]? Secret() => Secret(NotebookSecret.Read);

    /// <summary>Whether a notebook is trusted.</summary>
    public TrustAnswer Check(NotebookDocument document) => Secret() is { } secret ? Check(NotebookSignature.Of(document, secret)) : new TrustAnswer(false, _secretProblem);

    /// <summary>Whether a signature that <see cref="NotebookSignature"/> computed is known; null is not.</summary>
    public TrustAnswer Check(string? signature)
    {
        if (signature is null)
            return new TrustAnswer(false, _secretProblem);
        lock (_gate)
        {
            if (_waiting.Contains(signature))
                return new TrustAnswer(true, _databaseProblem);
        }
        var isKnown = false;
        var problem = Try(() => isKnown = _database.Contains(signature));
        return new TrustAnswer(isKnown, problem ?? _secretProblem);
    }

    /// <summary>Makes a notebook trusted. Version 2 never is.</summary>
    /// <param name="document">The notebook.</param>
    /// <param name="instead">A signature that is not needed any more; null for none. A run of days would fill the database with its states else.</param>
    public TrustAnswer Sign(NotebookDocument document, string? instead = null)
    {
        var signature = NotebookSignature.Of(document, Secret(NotebookSecret.ReadOrMake) ?? OwnSecret());
        var known = Check(signature);
        if (signature is null || known is { IsTrusted: true, Problem: null })
            return known with { Signature = signature };
        string[] waiting;
        lock (_gate)
        {
            if (!_waiting.Contains(signature))
                _waiting.Enqueue(signature);
            if (_waiting.Count > MostWaiting)
                _waiting.Dequeue();
            waiting = [.. _waiting];
        }
        var problem = Try(() => _database.Add(waiting, instead));
        if (problem is null)
            Saved(waiting);
        return new TrustAnswer(true, problem ?? known.Problem, signature);
    }

    /// <summary>Forgets every signature and makes a new secret: nothing is trusted after it.</summary>
    /// <exception cref="IOException">A file could not be deleted or written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be deleted or written.</exception>
    public void Reset()
    {
        File.Delete(DatabaseFile);
        NotebookSecret.Renew(SecretFile);
    }

    private byte[]? Secret(Func<string, byte[]?> read)
    {
        try
        {
            if (read(SecretFile) is not { } found)
                return _ownSecret;
            _secretProblem = null;
            lock (_gate)
                return found.AsSpan().SequenceEqual(_secret) ? _secret : _secret = found;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _secretProblem = $"{SecretFile} cannot be used: {fault.Message} Until it can, notebooks are trusted only as long as this program runs.";
            return _secret ?? _ownSecret;
        }
    }

    private byte[] OwnSecret()
    {
        lock (_gate)
            return _ownSecret ??= RandomNumberGenerator.GetBytes(64);
    }

    private void Saved(string[] signatures)
    {
        lock (_gate)
        {
            foreach (var signature in signatures)
            {
                if (_waiting.TryPeek(out var first) && first == signature)
                    _waiting.Dequeue();
            }
        }
    }

    /// <summary>Uses the database; gives what is wrong with it, or null. A damaged one is put aside, as nbformat does it.</summary>
    private string? Try(Action use)
    {
        lock (_gate)
        {
            if (time.GetUtcNow() < _nextTry)
                return _databaseProblem;
        }
        string? problem;
        try
        {
            try
            {
                use();
                problem = null;
            }
            catch (SqliteException fault) when (fault.SqliteErrorCode is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB)
            {
                File.Move(DatabaseFile, DatabaseFile + ".bak", overwrite: true);
                use();
                problem = $"{DatabaseFile} was damaged and is kept as {DatabaseFile}.bak. Notebooks that were trusted have to be trusted again.";
            }
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            problem = $"{DatabaseFile} cannot be used: {fault.Message} Until it can, notebooks are trusted only as long as this program runs.";
            lock (_gate)
                _nextTry = time.GetUtcNow() + Pause;
        }
        lock (_gate)
            return _databaseProblem = problem;
    }
}
