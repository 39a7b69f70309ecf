using System.Text.Json;
using Holdfast.Lab.Posix;

namespace Holdfast.Lab.Recording;

/// <summary>When the sources of notebooks were last changed: what the recorder writes does not count. Safe for concurrent calls.</summary>
internal sealed class SourceTimes
{
    private const int Capacity = 4096;

    private readonly Lock _gate = new();
    private readonly string _file;
    private readonly Dictionary<string, SourceTime> _times = [];

    public SourceTimes(string file)
    {
        _file = file;
        try
        {
            using var stream = File.OpenRead(file);
            _times = JsonSerializer.Deserialize(stream, RecordingJson.Default.DictionaryStringSourceTime) ?? [];
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException)
        {
            // Only a page that is open from before then asks whether to overwrite.
        }
    }

    /// <summary>The file's status as clients are to see it.</summary>
    public FileStatus Of(string path, FileStatus status)
    {
        lock (_gate)
            return _times.TryGetValue(path, out var time) && time.Written == status.Modified ? status with { Modified = time.Source } : status;
    }

    /// <summary>Notes that the recorder has written the file.</summary>
    public void Note(string path, FileStatus before, FileStatus after)
    {
        lock (_gate)
        {
            if (_times.Count >= Capacity && !_times.ContainsKey(path))
                _times.Remove(_times.MinBy(each => each.Value.Written).Key);
            _times[path] = new SourceTime(after.Modified, Of(path, before).Modified);
        }
    }

    /// <summary>Keeps the times for the next lab.</summary>
    public void Keep()
    {
        lock (_gate)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            using var file = new AtomicFile(_file);
            JsonSerializer.Serialize(file.Stream, _times, RecordingJson.Default.DictionaryStringSourceTime);
            file.Commit();
        }
    }
}

/// <summary>Two times of a notebook's file.</summary>
/// <param name="Written">When the recorder wrote it.</param>
/// <param name="Source">When its sources were changed before that.</param>
internal sealed record SourceTime(DateTimeOffset Written, DateTimeOffset Source);
