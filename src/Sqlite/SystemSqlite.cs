using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Holdfast.Sqlite;

/// <summary>
/// SQLite as the system has it (<c>libsqlite3.so.0</c>), which gets the distribution's security updates. It is loaded when the first database
/// is opened, not before.
/// </summary>
public static class SystemSqlite
{
    private const string Library = "libsqlite3.so.0";

    // The runtime allows one resolver an assembly; a static field is made once in a process.
    private static readonly Lazy<bool> IsLoaded = new(Load);

    /// <summary>Opens a database. Connections are not pooled: a file that another program has replaced is seen at the next opening.</summary>
    /// <param name="path">The database's file.</param>
    /// <param name="mode">Whether it is made when it is not there, or only read.</param>
    /// <param name="secondsToWait">How long each statement waits for a lock that another program holds; at least 1.</param>
    /// <exception cref="SqliteException">The file cannot be opened, or this system has no libsqlite3 (<see cref="SqliteException.SqliteErrorCode"/> is then SQLITE_CANTOPEN).</exception>
    public static SqliteConnection Open(string path, SqliteOpenMode mode, int secondsToWait)
    {
        if (!IsLoaded.Value)
            throw new SqliteException($"{Library} is not installed (Debian has it in libsqlite3-0)", raw.SQLITE_CANTOPEN);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = secondsToWait }.ConnectionString);
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static bool Load()
    {
        if (!NativeLibrary.TryLoad(Library, out _))
            return false;
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return true;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? paths) => name == "e_sqlite3" ? NativeLibrary.Load(Library) : 0;
}
