namespace Holdfast.Hub.Database;

internal static partial class Migrations
{
    private const string PointTables = """
        CREATE TABLE package_lists (       -- many points have the same
            hash TEXT PRIMARY KEY,
            list TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE points (
            id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again
            person TEXT NOT NULL,
            machine TEXT,                  -- its id; null when it was deleted
            machine_name TEXT NOT NULL,
            run INTEGER NOT NULL,          -- which start of the machine
            time INTEGER NOT NULL,
            why TEXT NOT NULL,             -- start, install, asked or back
            words TEXT NOT NULL,
            left_out TEXT NOT NULL,        -- sentences, one a line
            image TEXT,                    -- of the machine; null for the host
            home TEXT,                     -- the tree of home's package folders; null when it was left out
            home_packages TEXT NOT NULL REFERENCES package_lists,
            system_packages TEXT REFERENCES package_lists,  -- null when nobody could look
            layer_mark TEXT,               -- tells one layer from another; empty: as the image has it; null when nobody could look
            layer TEXT);                   -- the name by which the engine keeps it; null for none
        CREATE INDEX points_of_machines ON points (machine, id);
        CREATE INDEX points_of_people ON points (person, id);
        CREATE TABLE machine_layers (      -- kept layers that machines begin with
            machine TEXT PRIMARY KEY REFERENCES machines ON DELETE CASCADE,
            next TEXT, now TEXT) WITHOUT ROWID;
        """;
}
