using Holdfast.Hub.Database;
using Holdfast.Hub.Storage;
using Microsoft.Data.Sqlite;

namespace Holdfast.Hub.Output;

/// <summary>Which files of an output are in its store as they are on the disk: the next hub, and a retry of the job, go on from there.</summary>
internal sealed class UploadedFiles(HubDatabase database)
{
    /// <summary>Tells one content of a file from another.</summary>
    public static string StampOf(PathStatus file) => $"{file.Size}-{file.Modified.Seconds}.{file.Modified.Nanoseconds}-{file.Inode}";

    /// <summary>What was uploaded of a file; null for nothing.</summary>
    public string? Find(string output, string path) => database.Value("SELECT stamp FROM uploads WHERE output = $output AND path = $path", ("$output", output), ("$path", path)) as string;

    /// <summary>How many files were uploaded.</summary>
    public long Count(string output) => (long)database.Value("SELECT count(*) FROM uploads WHERE output = $output", ("$output", output))!;

    /// <summary>All that was uploaded.</summary>
    public IReadOnlyList<string> Paths(string output) => database.Query("SELECT path FROM uploads WHERE output = $output ORDER BY path", (SqliteDataReader row) => row.GetString(0), ("$output", output));

    /// <summary>A file is there.</summary>
    public void Add(string output, string path, string stamp) =>
        database.Execute("INSERT OR REPLACE INTO uploads (output, path, stamp) VALUES ($output, $path, $stamp)", ("$output", output), ("$path", path), ("$stamp", stamp));

    /// <summary>A file is not there any more.</summary>
    public void Remove(string output, string path) => database.Execute("DELETE FROM uploads WHERE output = $output AND path = $path", ("$output", output), ("$path", path));

    /// <summary>Nobody goes on from there.</summary>
    public void Forget(string output) => database.Execute("DELETE FROM uploads WHERE output = $output", ("$output", output));
}
