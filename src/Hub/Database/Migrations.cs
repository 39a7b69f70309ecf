using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Holdfast.Hub.Database;

/// <summary>The versions of the schema, one after the other. One that was released is never changed. Times are milliseconds since 1970.</summary>
internal static partial class Migrations
{
    private static readonly string[] Steps =
    [
        """
        CREATE TABLE people (
            name TEXT PRIMARY KEY,         -- the login name
            role TEXT NOT NULL,            -- admin or member
            password TEXT,                 -- its hash; null until it is set
            created INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE sessions (
            hash BLOB PRIMARY KEY,         -- SHA-256 of the cookie
            person TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
            created INTEGER NOT NULL, seen INTEGER NOT NULL, expires INTEGER NOT NULL,
            about TEXT NOT NULL) WITHOUT ROWID;  -- the browser, as it calls itself
        CREATE TABLE tokens (
            hash BLOB PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            person TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
            name TEXT NOT NULL, scope TEXT NOT NULL,   -- all or read
            created INTEGER NOT NULL, seen INTEGER, expires INTEGER) WITHOUT ROWID;
        CREATE TABLE links (               -- one-time links: invitations, the first administrator
            hash BLOB PRIMARY KEY,
            person TEXT, role TEXT NOT NULL,
            created INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE audit (
            id INTEGER PRIMARY KEY,
            time INTEGER NOT NULL, person TEXT, action TEXT NOT NULL, subject TEXT, detail TEXT);
        CREATE TABLE secrets (
            person TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
            name TEXT NOT NULL,
            value BLOB NOT NULL,           -- encrypted
            changed INTEGER NOT NULL,
            PRIMARY KEY (person, name)) WITHOUT ROWID;
        CREATE TABLE machines (
            id TEXT PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            owner TEXT NOT NULL,
            wanted TEXT NOT NULL,          -- running, stopped or deleted
            record TEXT NOT NULL) WITHOUT ROWID;  -- a MachineRecord as JSON
        CREATE TABLE losses (              -- what the last stop of a machine destroyed
            machine TEXT PRIMARY KEY REFERENCES machines ON DELETE CASCADE,
            time INTEGER NOT NULL, list TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE kept (                -- links that each start makes anew
            machine TEXT NOT NULL REFERENCES machines ON DELETE CASCADE,
            path TEXT NOT NULL, place TEXT NOT NULL,
            PRIMARY KEY (machine, path)) WITHOUT ROWID;
        CREATE TABLE recipes (
            machine TEXT PRIMARY KEY REFERENCES machines ON DELETE CASCADE,
            text TEXT NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE approvals (           -- contents of the team's hook that an administrator has approved
            hash TEXT PRIMARY KEY,
            person TEXT NOT NULL, time INTEGER NOT NULL, text TEXT NOT NULL) WITHOUT ROWID;
        """,
        CostTables,
        ActivityTables,
        PointTables,
        JobTables,
        UploadTables,
        PortTables,
        SshTables,
        MoshTables,
    ];

    public static void Apply(HubDatabase database) => database.Transact(() =>
    {
        var version = Convert.ToInt32(database.Value("PRAGMA user_version"), CultureInfo.InvariantCulture);
        if (version > Steps.Length) throw new SqliteException($"a newer Holdfast has made it (version {version}, this one knows {Steps.Length}); mend: start that one, or restore a backup from before", 1);
        for (var step = version; step < Steps.Length; step++)
            database.Execute(Steps[step]);
        return database.Execute($"PRAGMA user_version = {Steps.Length}");
    });
}
