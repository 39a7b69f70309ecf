namespace Holdfast.Hub.Database;

internal static partial class Migrations
{
    private const string JobTables = """
        CREATE TABLE jobs (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            parent TEXT,                   -- the job that it is a part of
            part INTEGER NOT NULL,         -- which, from 0
            owner TEXT NOT NULL, name TEXT NOT NULL,
            state TEXT NOT NULL,           -- a JobState
            point INTEGER,                 -- the environment point that it runs in
            over INTEGER NOT NULL,         -- 1 when it has come to its end
            record TEXT NOT NULL);         -- a JobRecord as JSON
        CREATE INDEX open_jobs ON jobs (number) WHERE over = 0;
        CREATE INDEX points_in_use ON jobs (point) WHERE over = 0 AND point IS NOT NULL;
        CREATE INDEX jobs_by_parent ON jobs (parent, part);
        CREATE INDEX jobs_by_owner ON jobs (owner, number);
        CREATE INDEX succeeded_jobs ON jobs (owner, name, number) WHERE state = 'Succeeded';
        CREATE INDEX jobs_by_name ON jobs (name, number);
        """;

    private const string UploadTables = """
        CREATE TABLE uploads (             -- files of outputs that are in their store as they are on the disk
            output TEXT NOT NULL,          -- s3://...
            path TEXT NOT NULL,
            stamp TEXT NOT NULL,           -- tells one content from another
            PRIMARY KEY (output, path)) WITHOUT ROWID;
        """;
}
