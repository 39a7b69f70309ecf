using Microsoft.Data.Sqlite;

namespace Holdfast.History.Storing;

internal sealed partial class HistoryDatabase
{
    /// <summary>The id of a notebook; 0, which none has, when there is no such notebook.</summary>
    public long IdOf(string path, bool make = false)
    {
        var id = Number("SELECT id FROM notebook WHERE path = $path", ("$path", path));
        if (id == 0 && make)
        {
            Run("INSERT INTO notebook (path) VALUES ($path)", ("$path", path));
            id = IdOf(path);
        }
        return id;
    }

    /// <summary>The notebook of that path, or all below the folder of that path.</summary>
    public List<(long Id, string Path)> Below(string path)
    {
        using var rows = Command("SELECT id, path FROM notebook WHERE path = $path OR substr(path, 1, length($folder)) = $folder", ("$path", path), ("$folder", path + "/")).ExecuteReader();
        var found = new List<(long, string)>();
        while (rows.Read())
            found.Add((rows.GetInt64(0), rows.GetString(1)));
        return found;
    }

    /// <summary>Gives a notebook another path; gives the id it has then, that of an earlier notebook where there was one.</summary>
    public long Move(long id, string path)
    {
        var there = IdOf(path);
        if (there == id)
            return id;
        if (there == 0)
        {
            Run("UPDATE notebook SET path = $path WHERE id = $id", ("$path", path), ("$id", id));
            return id;
        }
        Run("""
            UPDATE version SET notebook = $there, number = number + (SELECT max(number) FROM version WHERE notebook = $there) WHERE notebook = $id
            """, ("$there", there), ("$id", id));
        Run("DELETE FROM notebook WHERE id = $id", ("$id", id));
        return there;
    }

    public List<NotebookEntry> Notebooks()
    {
        using var rows = Command("""
            SELECT path, count(*), max(time) FROM version JOIN notebook ON notebook.id = version.notebook GROUP BY notebook.id ORDER BY 3 DESC, path
            """).ExecuteReader();
        var found = new List<NotebookEntry>();
        while (rows.Read())
            found.Add(new NotebookEntry(rows.GetString(0), rows.GetInt32(1), Time(rows, 2)));
        return found;
    }

    public List<HistoryVersion> Versions(long notebook)
    {
        using var rows = Command("SELECT number, time, kind, size, cells, coalesce(note || iif(change = '', '', '; '), '') || change FROM version WHERE notebook = $notebook ORDER BY number DESC", ("$notebook", notebook)).ExecuteReader();
        var found = new List<HistoryVersion>();
        while (rows.Read())
        {
            found.Add(new HistoryVersion(rows.GetInt32(0), Time(rows, 1), VersionKinds.Parse(rows.GetString(2)), rows.GetInt64(3),
                rows.IsDBNull(4) ? null : rows.GetInt32(4), rows.GetString(5)));
        }
        return found;
    }

    /// <summary>A version, or for null the newest one.</summary>
    public VersionRow? Row(long notebook, int? number)
    {
        using var rows = Command("""
            SELECT number, size, cells, hash, chunks FROM version WHERE notebook = $notebook AND number = coalesce($number, (SELECT max(number) FROM version WHERE notebook = $notebook))
            """, ("$notebook", notebook), ("$number", number)).ExecuteReader();
        return rows.Read()
            ? new VersionRow(rows.GetInt32(0), rows.GetInt64(1), rows.IsDBNull(2) ? null : rows.GetInt32(2), rows.GetFieldValue<byte[]>(3), rows.GetFieldValue<byte[]>(4))
            : null;
    }

    public void Insert(long notebook, HistoryVersion version, string? note, byte[] hash, byte[] chunks) => Run("""
        INSERT INTO version (notebook, number, time, kind, size, cells, note, change, hash, chunks)
        VALUES ($notebook, $number, $time, $kind, $size, $cells, $note, $change, $hash, $chunks)
        """,
        ("$notebook", notebook), ("$number", version.Number), ("$time", version.Time.ToUnixTimeMilliseconds()), ("$kind", version.Kind.Word()),
        ("$size", version.Size), ("$cells", version.Cells), ("$note", note), ("$change", version.Change), ("$hash", hash), ("$chunks", chunks));

    public long? FindChunk(byte[] hash) => Number("SELECT id FROM chunk WHERE hash = $hash", ("$hash", hash)) is > 0 and var id ? id : null;

    public long InsertChunk(byte[] hash, int size, byte[] packed)
    {
        Run("INSERT INTO chunk (hash, size, data) VALUES ($hash, $size, $data)", ("$hash", hash), ("$size", size), ("$data", packed));
        return Number("SELECT last_insert_rowid()");
    }

    public (int Size, byte[] Packed)? Chunk(long id)
    {
        using var rows = Command("SELECT size, data FROM chunk WHERE id = $id", ("$id", id)).ExecuteReader();
        return rows.Read() ? (rows.GetInt32(0), rows.GetFieldValue<byte[]>(1)) : null;
    }

    private static DateTimeOffset Time(SqliteDataReader rows, int column) => DateTimeOffset.FromUnixTimeMilliseconds(rows.GetInt64(column));
}
