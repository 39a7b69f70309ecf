using System.Text.Json;

namespace Holdfast.Hub.Output;

/// <summary>A line of <c>metrics.jsonl</c>: a JSON object with numbers by name, and <c>time</c>, <c>step</c> and <c>run</c> beside them.</summary>
internal sealed class MetricsLine
{
    private const int LongestName = 200;

    /// <summary>The metrics of the line that was read last; NaN for what is no finite number.</summary>
    public List<(string Name, double Value)> Values { get; } = [];

    public double? Step { get; private set; }

    public double Time { get; private set; }

    /// <summary>Which process has logged it, a later one has a higher number; 0 where none was logged.</summary>
    public double Run { get; private set; }

    /// <summary>Reads a line; false when it is none.</summary>
    public bool Read(ReadOnlySpan<byte> line)
    {
        Values.Clear();
        (Step, Time, Run) = (null, 0, 0);
        try
        {
            var json = new Utf8JsonReader(line);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return false;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.ValueSpan.Length <= LongestName ? json.GetString() : null;
                json.Read();
                if (Number(ref json) is { } number && name is not null) Take(name, number);
                json.Skip();
            }
            return json.TokenType == JsonTokenType.EndObject;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // Not JSON, or a name that is no text.
            return false;
        }
    }

    private void Take(string name, double number)
    {
        var isFinite = double.IsFinite(number);
        if (name == "time") Time = isFinite ? number : 0;
        else if (name == "step") Step = isFinite ? number : null;
        else if (name == "run") Run = isFinite ? number : 0;
        else Values.Add((name, number));
    }

    /// <summary>A number, or a text or null that stands for one that JSON does not have; null for anything else.</summary>
    private static double? Number(ref Utf8JsonReader json) => json.TokenType switch
    {
        JsonTokenType.Number => json.GetDouble(),
        JsonTokenType.String when json.ValueTextEquals("NaN"u8) || json.ValueTextEquals("Infinity"u8) || json.ValueTextEquals("-Infinity"u8) => double.NaN,
        JsonTokenType.Null => double.NaN,
        _ => null,
    };
}
