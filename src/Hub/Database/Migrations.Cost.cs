namespace Holdfast.Hub.Database;

internal static partial class Migrations
{
    private const string CostTables = """
        CREATE TABLE charges (             -- a stretch of time in which a machine ran, or a volume held so many bytes
            id INTEGER PRIMARY KEY,
            subject TEXT NOT NULL,         -- a machine's id; storage, home/PERSON or notebooks/ID
            name TEXT NOT NULL,            -- what it was called then
            owner TEXT,                    -- whose it was then; null for the team's
            type TEXT,                     -- of a machine; null for a volume
            bytes INTEGER,                 -- of a volume; null for a machine
            price TEXT NOT NULL,           -- decimal: per hour of a machine, per GB and month of a volume
            currency TEXT NOT NULL,
            began INTEGER NOT NULL,
            seen INTEGER NOT NULL,         -- when the hub last knew that it went on
            ended INTEGER);                -- null while it goes on
        CREATE UNIQUE INDEX open_charges ON charges (subject) WHERE ended IS NULL;  -- nothing is charged twice
        CREATE INDEX charges_by_beginning ON charges (began);
        CREATE INDEX charges_by_end ON charges (ended);
        CREATE INDEX charges_by_owner ON charges (owner, ended);
        CREATE INDEX charges_by_owners_beginning ON charges (owner, began);
        CREATE INDEX charges_by_subject ON charges (subject, ended);
        CREATE TABLE budgets (             -- people who have another budget than hub.yaml's
            person TEXT PRIMARY KEY REFERENCES people ON DELETE CASCADE,
            amount TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE budget_warnings (     -- those that were given: each once
            month TEXT NOT NULL,
            person TEXT NOT NULL,          -- empty for the hub's budget
            kind TEXT NOT NULL, amount TEXT NOT NULL,
            PRIMARY KEY (month, person, kind, amount)) WITHOUT ROWID;
        CREATE TABLE events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,  -- one that was forgotten is not used again
            time INTEGER NOT NULL, kind TEXT NOT NULL, machine TEXT, owner TEXT, text TEXT NOT NULL);
        """;
}
