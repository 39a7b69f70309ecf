using System.Text;
using System.Text.Json;

namespace Holdfast.Lab.Recording;

/// <summary>The <c>buffer_paths</c> of widget messages: for each binary value the keys and places that lead to it, as a JSON list.</summary>
internal static class WidgetPaths
{
    /// <summary>The paths of a message, each as it stands there.</summary>
    public static List<string> Read(ReadOnlyMemory<byte> json)
    {
        var paths = new List<string>();
        var reader = new Utf8JsonReader(json.Span);
        try
        {
            if (json.IsEmpty || !reader.Read() || reader.TokenType != JsonTokenType.StartArray)
                return paths;
            while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                paths.Add(Encoding.UTF8.GetString(json.Span[start..(int)reader.BytesConsumed]));
            }
        }
        catch (JsonException)
        {
            // What was read so far are its paths.
        }
        return paths;
    }

    /// <summary>The key of the state that a path leads through; null for none.</summary>
    public static string? Key(string path)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(path));
        return reader.Read() && reader.Read() ? MessageJson.TextAt(ref reader) : null;
    }

    /// <summary>The path in a message about all widgets: that of the value, with the widget's id before it.</summary>
    public static void Write(Utf8JsonWriter json, string id, string path)
    {
        json.WriteStartArray();
        json.WriteStringValue(id);
        using var keys = JsonDocument.Parse(path);
        foreach (var key in keys.RootElement.EnumerateArray())
            key.WriteTo(json);
        json.WriteEndArray();
    }
}
