namespace Holdfast.Hub.Database;

internal static partial class Migrations
{
    private const string ActivityTables = """
        CREATE TABLE usage (               -- what machines use, a row a minute, after a day one for ten minutes
            machine TEXT NOT NULL REFERENCES machines ON DELETE CASCADE,
            time INTEGER NOT NULL,
            cpu REAL NOT NULL,             -- processors at work
            memory INTEGER NOT NULL,       -- bytes
            gpu REAL, gpu_memory INTEGER,  -- 0 to 1, bytes; null without GPUs
            PRIMARY KEY (machine, time)) WITHOUT ROWID;
        CREATE TABLE extensions (          -- until when a run of a machine is not stopped by the hub
            machine TEXT PRIMARY KEY REFERENCES machines ON DELETE CASCADE,
            run INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE busy_runs (           -- what was at work at the last look: who is told of its end is told by the next hub, too
            machine TEXT PRIMARY KEY REFERENCES machines ON DELETE CASCADE,
            run INTEGER NOT NULL, runs TEXT NOT NULL) WITHOUT ROWID;  -- JSON
        CREATE TABLE webhooks (            -- addresses that are told of a person's machines
            person TEXT PRIMARY KEY REFERENCES people ON DELETE CASCADE,
            url TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE notices (             -- what is still to be told
            id INTEGER PRIMARY KEY,
            url TEXT NOT NULL, body TEXT NOT NULL,
            attempts INTEGER NOT NULL, due INTEGER NOT NULL);
        """;
}
