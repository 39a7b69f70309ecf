using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Holdfast.History.Storing;

/// <summary>The statements of <c>history.db</c>. Those that write are called between <see cref="Begin"/> and a commit.</summary>
internal sealed partial class HistoryDatabase : IDisposable
{
    private const string Schema = """
        CREATE TABLE notebook (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
        CREATE TABLE version (
            notebook INTEGER NOT NULL,
            number INTEGER NOT NULL,
            time INTEGER NOT NULL,  -- milliseconds since 1970
            kind TEXT NOT NULL,
            size INTEGER NOT NULL,
            cells INTEGER,          -- null when it is no notebook
            note TEXT,              -- what a restore or a rename says about itself
            change TEXT NOT NULL,   -- against the version before
            hash BLOB NOT NULL,     -- SHA-256 of the file
            chunks BLOB NOT NULL,   -- see ChunkList
            PRIMARY KEY (notebook, number)) WITHOUT ROWID;
        CREATE TABLE chunk (
            id INTEGER PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE,
            size INTEGER NOT NULL,
            data BLOB NOT NULL);    -- see Packing
        PRAGMA user_version = 1;
        """;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private SqliteTransaction? _transaction;

    private HistoryDatabase(SqliteConnection connection) => _connection = connection;

    public string File => _connection.DataSource;

    /// <summary>Takes a connection, and makes the tables where there are none.</summary>
    public static HistoryDatabase Open(SqliteConnection connection)
    {
        var database = new HistoryDatabase(connection);
        try
        {
            database.Prepare();
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Begins to write: nobody else does until the transaction is disposed.</summary>
    public SqliteTransaction Begin() => _transaction = _connection.BeginTransaction(deferred: false);

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        _connection.Dispose();
    }

    private void Prepare()
    {
        // A power cut may take the last versions, never the database: with a write-ahead log that is what NORMAL means.
        Run("PRAGMA synchronous = NORMAL");
        if (Number("PRAGMA user_version") > 0)
            return;
        // Both must be set before there is a table; they are kept in the file.
        Run("PRAGMA auto_vacuum = INCREMENTAL");
        Run("PRAGMA journal_mode = WAL");
        using var transaction = Begin();
        if (Number("PRAGMA user_version") == 0)
            Run(Schema);
        transaction.Commit();
    }

    private long Number(string sql, params (string Name, object? Value)[] parameters) => Convert.ToInt64(Command(sql, parameters).ExecuteScalar() ?? 0L, CultureInfo.InvariantCulture);

    private void Run(string sql, params (string Name, object? Value)[] parameters) => Command(sql, parameters).ExecuteNonQuery();

    /// <summary>A statement that is prepared once for each connection.</summary>
    private SqliteCommand Command(string sql, params (string Name, object? Value)[] parameters)
    {
        if (!_commands.TryGetValue(sql, out var command))
            _commands[sql] = command = new SqliteCommand(sql, _connection);
        command.Transaction = _transaction?.Connection is null ? null : _transaction;
        command.Parameters.Clear();
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
