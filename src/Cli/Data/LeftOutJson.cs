using System.Text.Json;
using Holdfast.Data;

namespace Holdfast.Cli.Data;

/// <summary>The files that are not in a pack, as JSON.</summary>
internal static class LeftOutJson
{
    public static void Write(Utf8JsonWriter json, PackInfo info)
    {
        json.WriteStartArray("left_out");
        foreach (var left in info.LeftOut)
        {
            json.WriteStartObject();
            json.WriteString("path", left.Path);
            json.WriteString("reason", left.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
