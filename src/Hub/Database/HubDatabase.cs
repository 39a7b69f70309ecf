using Holdfast.Sqlite;
using Microsoft.Data.Sqlite;

namespace Holdfast.Hub.Database;

/// <summary>
/// <c>hub.db</c>: one connection, one statement or transaction at a time. Nothing outside of the database is awaited in a transaction. What a returned call has
/// written survives a power cut.
/// </summary>
internal sealed class HubDatabase : IDisposable
{
    private const int SecondsToWait = 10;
    private readonly Lock _turn = new();
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private SqliteTransaction? _transaction;

    private HubDatabase(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the database, makes it where there is none, 0600, and brings it to the newest version.</summary>
    /// <exception cref="SqliteException">It cannot be opened, or a newer Holdfast made it.</exception>
    public static HubDatabase Open(string file)
    {
        if (!File.Exists(file))
        {
            // Its journals get the mode of the database.
            using var made = new FileStream(file, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        }
        var database = new HubDatabase(SystemSqlite.Open(file, SqliteOpenMode.ReadWrite, SecondsToWait));
        try
        {
            database.Execute("PRAGMA journal_mode = WAL");
            database.Execute("PRAGMA synchronous = FULL");
            database.Execute("PRAGMA foreign_keys = ON");
            Migrations.Apply(database);
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Several statements as one: all of them, or none when it throws. What it calls on this database is part of it.</summary>
    public T Transact<T>(Func<T> work)
    {
        lock (_turn)
        {
            if (_transaction is not null) return work();
            using var transaction = _transaction = _connection.BeginTransaction(deferred: false);
            try
            {
                var result = work();
                transaction.Commit();
                return result;
            }
            finally
            {
                _transaction = null;
            }
        }
    }

    /// <summary>Runs a statement; how many rows it changed.</summary>
    public int Execute(string sql, params (string Name, object? Value)[] parameters)
    {
        lock (_turn) return Command(sql, parameters).ExecuteNonQuery();
    }

    /// <summary>All rows of a query.</summary>
    public IReadOnlyList<T> Query<T>(string sql, Func<SqliteDataReader, T> row, params (string Name, object? Value)[] parameters)
    {
        lock (_turn)
        {
            using var reader = Command(sql, parameters).ExecuteReader();
            var rows = new List<T>();
            while (reader.Read()) rows.Add(row(reader));
            return rows;
        }
    }

    /// <summary>The first value of the first row; null when there is no row, or it is NULL.</summary>
    public object? Value(string sql, params (string Name, object? Value)[] parameters)
    {
        lock (_turn) return Command(sql, parameters).ExecuteScalar() is var value && value is DBNull ? null : value;
    }

    /// <summary>The text of a column; null where it is NULL.</summary>
    public static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>A copy of the whole database, as of now, into a file that does not exist yet. Others go on meanwhile once it has begun.</summary>
    public void CopyTo(string file) => Execute("VACUUM INTO $file", ("$file", file));

    /// <inheritdoc />
    public void Dispose()
    {
        // Whoever is at it still ends first.
        lock (_turn)
        {
            foreach (var command in _commands.Values) command.Dispose();
            _connection.Dispose();
        }
    }

    private SqliteCommand Command(string sql, (string Name, object? Value)[] parameters)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            _commands[sql] = command;
        }
        command.Transaction = _transaction;
        command.Parameters.Clear();
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }
}
