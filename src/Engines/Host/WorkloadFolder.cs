using System.Globalization;
using System.Text.Json;

namespace Holdfast.Engines.Host;

/// <summary>The files of one workload in its scratch folder. They are all that the engine knows of it.</summary>
/// <param name="Path">The scratch folder.</param>
internal sealed record WorkloadFolder(string Path)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Exit code of the first process, written by the one that waits for it; empty before. Its time is when that was.</summary>
    public string Exit => In("exit");

    /// <summary>Two lines of <c>/proc/PID/stat</c>: of the process that waits, and of the first process.</summary>
    public string Processes => In("processes");

    /// <summary>The environment, as a shell reads it, 0600: what enters the workload later gets it from here.</summary>
    public string Environment => In("environment");

    /// <summary>The script that waits for the end.</summary>
    public string Watch => In("watch.sh");

    /// <summary>The script that makes the root and becomes the first process.</summary>
    public string Enter => In("enter.sh");

    /// <summary>What the making of the root complained about.</summary>
    public string Trouble => In("trouble");

    /// <summary>Where the root is put together.</summary>
    public string Root => In("root");

    /// <summary>The layers.</summary>
    public string Layers => In("layers");

    private string RecordFile => In("workload.json");

    /// <summary>The upper folder of a layer: what was changed.</summary>
    public string Upper(WorkloadLayer layer) => System.IO.Path.Combine(Layers, layer.Folder, "upper");

    /// <summary>The record; null when there is no workload here.</summary>
    public WorkloadRecord? Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(RecordFile), WorkloadJson.Default.WorkloadRecord);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the record, whole or not at all.</summary>
    public void Write(WorkloadRecord record)
    {
        WritePrivately(RecordFile + ".new", JsonSerializer.SerializeToUtf8Bytes(record, WorkloadJson.Default.WorkloadRecord));
        File.Move(RecordFile + ".new", RecordFile, overwrite: true);
    }

    /// <summary>Writes a file that only this user can read.</summary>
    public static void WritePrivately(string path, ReadOnlySpan<byte> content)
    {
        using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = Private });
        file.Write(content);
    }

    /// <summary>The process that waits and the first process, each null before it has begun.</summary>
    public (ProcessMark? Watcher, ProcessMark? First) ReadProcesses()
    {
        var lines = Lines(Processes);
        return (lines.Length > 0 ? ProcessMark.Parse(lines[0]) : null, lines.Length > 1 ? ProcessMark.Parse(lines[1]) : null);
    }

    /// <summary>Exit code and time of the end; null when nobody has written it.</summary>
    public (int Code, DateTimeOffset At)? ReadExit() =>
        Lines(Exit) is [var line, ..] && int.TryParse(line.Trim(), CultureInfo.InvariantCulture, out var code) ? (code, File.GetLastWriteTimeUtc(Exit)) : null;

    /// <summary>Names of all that the engine may have put here.</summary>
    public IEnumerable<string> Everything => [Layers, Root, Exit, Processes, Environment, Watch, Enter, Trouble, RecordFile + ".new", RecordFile];

    /// <summary>None of a file that is not there, or is being removed.</summary>
    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
