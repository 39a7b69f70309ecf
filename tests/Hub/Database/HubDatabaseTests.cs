using Holdfast.Hub.Database;
using Microsoft.Data.Sqlite;

namespace Holdfast.Hub.Tests.Database;

public sealed class HubDatabaseTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hf-hub-").FullName;

    private string DatabaseFile => Path.Combine(_folder, "hub.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_New_IsItsOwnersAlone()
    {
        using var database = HubDatabase.Open(DatabaseFile);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(DatabaseFile));
    }

    [Fact]
    public void Transact_WorkThatThrows_ChangesNothing()
    {
        using var database = HubDatabase.Open(DatabaseFile);

        Assert.Throws<InvalidOperationException>(() => database.Transact<int>(() =>
        {
            Insert(database, "ada");
            throw new InvalidOperationException();
        }));

        Assert.Null(database.Value("SELECT name FROM people"));
    }

    [Fact]
    public void Open_OfANewerHoldfast_SaysSo()
    {
        using (var database = HubDatabase.Open(DatabaseFile)) database.Execute("PRAGMA user_version = 1000");

        Assert.Contains("newer Holdfast", Assert.Throws<SqliteException>(() => HubDatabase.Open(DatabaseFile)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CopyTo_WhileOpen_HasAllThatWasWritten()
    {
        var copy = Path.Combine(_folder, "copy.db");
        using (var database = HubDatabase.Open(DatabaseFile))
        {
            Insert(database, "ada");
            database.CopyTo(copy);
        }

        using var copied = HubDatabase.Open(copy);
        Assert.Equal(["ada"], copied.Query("SELECT name FROM people", row => row.GetString(0)));
    }

    private static void Insert(HubDatabase database, string name) =>
        database.Execute("INSERT INTO people VALUES ($name, 'admin', NULL, 0)", ("$name", name));
}
