using System.Collections;

namespace Holdfast.History.Storing;

internal sealed partial class HistoryDatabase
{
    /// <summary>Bytes that are in use; what is free in the file does not count.</summary>
    public long Size => (Number("PRAGMA page_count") - Number("PRAGMA freelist_count")) * Number("PRAGMA page_size");

    /// <summary>Number and time of every version, those of one notebook together and the newest first.</summary>
    public List<(long Notebook, int Number, DateTimeOffset Time)> AllVersions()
    {
        using var rows = Command("SELECT notebook, number, time FROM version ORDER BY notebook, number DESC").ExecuteReader();
        var all = new List<(long, int, DateTimeOffset)>();
        while (rows.Read())
            all.Add((rows.GetInt64(0), rows.GetInt32(1), Time(rows, 2)));
        return all;
    }

    public void Delete(long notebook, int number) =>
        Run("DELETE FROM version WHERE notebook = $notebook AND number = $number", ("$notebook", notebook), ("$number", number));

    public void SetChange(long notebook, int number, string change) =>
        Run("UPDATE version SET change = $change WHERE notebook = $notebook AND number = $number", ("$change", change), ("$notebook", notebook), ("$number", number));

    /// <summary>Removes the chunks that no version has.</summary>
    public void DeleteUnusedChunks()
    {
        var used = new BitArray(checked((int)Number("SELECT coalesce(max(id), 0) FROM chunk") + 1));
        using (var rows = Command("SELECT chunks FROM version").ExecuteReader())
        {
            while (rows.Read())
            {
                foreach (var id in ChunkList.Read(rows.GetFieldValue<byte[]>(0)))
                    used[(int)id] = true;
            }
        }
        var unused = new List<long>();
        using (var rows = Command("SELECT id FROM chunk").ExecuteReader())
        {
            while (rows.Read())
            {
                if (!used[(int)rows.GetInt64(0)])
                    unused.Add(rows.GetInt64(0));
            }
        }
        foreach (var id in unused)
            Run("DELETE FROM chunk WHERE id = $id", ("$id", id));
    }

    /// <summary>Gives the free pages back to the file system; outside a transaction.</summary>
    public void Shrink()
    {
        using var rows = Command("PRAGMA incremental_vacuum").ExecuteReader();
        while (rows.Read())
        {
        }
    }
}
