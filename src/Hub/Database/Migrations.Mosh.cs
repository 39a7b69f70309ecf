namespace Holdfast.Hub.Database;

internal static partial class Migrations
{
    private const string MoshTables = """
        CREATE TABLE mosh_sessions (       -- UDP ports that are open, so that a hub which is started anew opens them again
            port INTEGER PRIMARY KEY,
            machine TEXT NOT NULL REFERENCES machines ON DELETE CASCADE,
            run INTEGER NOT NULL,          -- of the machine
            server INTEGER NOT NULL,       -- the UDP port of mosh-server on the machine's loopback
            person TEXT NOT NULL REFERENCES people ON DELETE CASCADE,
            keys TEXT NOT NULL,            -- the ids of the ssh keys that it ends with, with spaces between them
            login BLOB) WITHOUT ROWID;     -- the hash of the token that it ends with; null for none
        """;
}
