using System.Globalization;
using System.Text.Json;

namespace Holdfast.Notebooks.Running;

/// <summary>What papermill's metadata say of a cell or of the whole run.</summary>
internal sealed record RunTimes
{
    /// <summary>pending, running, completed or failed.</summary>
    public string Status { get; init; } = "pending";
    public DateTimeOffset? Began { get; init; }
    public DateTimeOffset? Ended { get; init; }
    /// <summary>Null as long as it has not begun.</summary>
    public bool? HasFailed { get; init; }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteDuration(json);
        WriteException(json);
        WriteStart(json);
        json.WriteString("status", Status);
        json.WriteEndObject();
    }

    public void WriteDuration(Utf8JsonWriter json)
    {
        if (Ended - Began is { } duration) json.WriteNumber("duration", Math.Round((decimal)duration.TotalSeconds, 6));
        else json.WriteNull("duration");
        Write(json, "end_time", Ended);
    }

    public void WriteException(Utf8JsonWriter json)
    {
        if (HasFailed is { } failed) json.WriteBoolean("exception", failed);
        else json.WriteNull("exception");
    }

    public void WriteStart(Utf8JsonWriter json) => Write(json, "start_time", Began);

    private static void Write(Utf8JsonWriter json, string name, DateTimeOffset? time) =>
        json.WriteString(name, time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture));
}
