namespace Holdfast.Hub.Database;

internal static partial class Migrations
{
    private const string SshTables = """
        CREATE TABLE ssh_keys (            -- public keys with which people log in by ssh
            id TEXT PRIMARY KEY,
            person TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
            name TEXT NOT NULL,
            type TEXT NOT NULL, key TEXT NOT NULL,   -- as in a .pub file
            fingerprint TEXT NOT NULL UNIQUE,        -- so that a key is one person's
            created INTEGER NOT NULL, seen INTEGER) WITHOUT ROWID;
        """;
}
