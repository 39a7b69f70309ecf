using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Holdfast.Keeper.Host;

/// <summary>A small JSON file of the state folder, read and written whole.</summary>
internal static class StateFile
{
    /// <summary>Null when it is not there, or holds something else.</summary>
    public static T? Read<T>(string path, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, type);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes it whole or not at all. False, with the reason, when it cannot be written.</summary>
    public static bool TryWrite<T>(string path, T value, JsonTypeInfo<T> type, out string? error)
    {
        var temporary = path + ".new";
        try
        {
            using (var stream = new FileStream(temporary, new FileStreamOptions
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            }))
            {
                JsonSerializer.Serialize(stream, value, type);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            error = null;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"{path} cannot be written: {e.Message}";
            return false;
        }
    }
}
