using System.Globalization;
using Holdfast.Sqlite;
using Microsoft.Data.Sqlite;

namespace Holdfast.Notebooks.Trust;

/// <summary>
/// The signatures that are trusted: <c>nbsignatures.db</c>, shared with Jupyter's own programs (nbformat/sign.py: SQLiteSignatureStore). It is
/// opened for each use, because those programs replace it.
/// </summary>
internal sealed class SignatureDatabase(string path, TimeProvider time, int capacity = SignatureDatabase.DefaultCapacity)
{
    /// <summary>nbformat's cache_size: when there are more signatures, the three quarters that were seen last stay.</summary>
    public const int DefaultCapacity = 65535;

    private const string Algorithm = "sha256";
    private const int SecondsToWait = 1;
    /// <summary>A signature is noted as seen when its last note is older: nbformat does it at every look, at the price of a write.</summary>
    private static readonly TimeSpan SeenEvery = TimeSpan.FromHours(1);

    /// <summary>Whether a signature is there.</summary>
    /// <exception cref="SqliteException">It could not be looked for.</exception>
    public bool Contains(string signature)
    {
        if (!File.Exists(path))
            return false;
        using var database = SystemSqlite.Open(path, SqliteOpenMode.ReadWrite, SecondsToWait);
        if (LastSeen(database, signature) is not { } seen)
            return false;
        if (string.CompareOrdinal(seen, Timestamp(time.GetUtcNow() - SeenEvery)) < 0)
            Note(database, signature);
        return true;
    }

    /// <summary>Puts signatures in, as seen now, those that are there already too, and takes one out.</summary>
    /// <exception cref="SqliteException">Nothing was changed.</exception>
    public void Add(IReadOnlyCollection<string> signatures, string? instead = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var database = SystemSqlite.Open(path, SqliteOpenMode.ReadWriteCreate, SecondsToWait);
        using var transaction = database.BeginTransaction();
        Run(database,
            """
            CREATE TABLE IF NOT EXISTS nbsignatures
                (id integer PRIMARY KEY AUTOINCREMENT, algorithm text, signature text, path text, last_seen timestamp);
            CREATE INDEX IF NOT EXISTS algosig ON nbsignatures(algorithm, signature);
            """);
        if (instead is not null)
            Run(database, "DELETE FROM nbsignatures WHERE algorithm = $algorithm AND signature = $signature", instead);
        foreach (var signature in signatures)
        {
            if (Seen(database, signature) == 0)
                Run(database, "INSERT INTO nbsignatures (algorithm, signature, last_seen) VALUES ($algorithm, $signature, $now)", signature);
        }
        Cull(database);
        transaction.Commit();
    }

    private static string? LastSeen(SqliteConnection database, string signature)
    {
        using var command = Command(database, "SELECT coalesce(last_seen, '') FROM nbsignatures WHERE algorithm = $algorithm AND signature = $signature", signature);
        try
        {
            return (string?)command.ExecuteScalar();
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode == SQLitePCL.raw.SQLITE_ERROR)
        {
            return null; // "no such table": somebody is just making it
        }
    }

    private void Note(SqliteConnection database, string signature)
    {
        try
        {
            Seen(database, signature);
        }
        catch (SqliteException)
        {
            // The note only says what is culled first; the signature is there all the same.
        }
    }

    private int Seen(SqliteConnection database, string signature) =>
        Run(database, "UPDATE nbsignatures SET last_seen = $now WHERE algorithm = $algorithm AND signature = $signature", signature);

    private void Cull(SqliteConnection database)
    {
        using var count = Command(database, "SELECT count(*) FROM nbsignatures");
        if ((long)count.ExecuteScalar()! <= capacity)
            return;
        var kept = Math.Max(capacity * 3L / 4, 1).ToString(CultureInfo.InvariantCulture);
        Run(database, $"DELETE FROM nbsignatures WHERE id IN (SELECT id FROM nbsignatures ORDER BY last_seen DESC LIMIT -1 OFFSET {kept})");
    }

    private int Run(SqliteConnection database, string sql, string? signature = null)
    {
        using var command = Command(database, sql, signature);
        if (sql.Contains("$now", StringComparison.Ordinal))
            command.Parameters.AddWithValue("$now", Timestamp(time.GetUtcNow()));
        return command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection database, string sql, string? signature = null)
    {
        var command = database.CreateCommand();
        command.CommandText = sql;
        if (signature is null)
            return command;
        command.Parameters.AddWithValue("$algorithm", Algorithm);
        command.Parameters.AddWithValue("$signature", signature);
        return command;
    }

    /// <summary>UTC as Python's sqlite3 writes a datetime.</summary>
    private static string Timestamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}
