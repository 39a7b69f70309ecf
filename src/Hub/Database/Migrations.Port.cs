namespace Holdfast.Hub.Database;

internal static partial class Migrations
{
    private const string PortTables = """
        CREATE TABLE port_links (          -- what opens a port of a machine for whoever has it, for a time
            hash BLOB PRIMARY KEY,         -- SHA-256 of the code in its address
            id TEXT NOT NULL UNIQUE,
            machine TEXT NOT NULL REFERENCES machines ON DELETE CASCADE,
            port INTEGER NOT NULL,
            person TEXT NOT NULL,          -- who has made it
            created INTEGER NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID;
        """;
}
