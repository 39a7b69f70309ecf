using System.Buffers;
using System.Text.Json;

namespace Holdfast.Kernels;

/// <summary>The fields of a message header (or parent header) that routing needs.</summary>
/// <param name="MessageId">msg_id, empty when the header is <c>{}</c>.</param>
/// <param name="MessageType">msg_type.</param>
/// <param name="Session">The session of the client that sent it (or of the kernel).</param>
public readonly record struct MessageHeader(string MessageId, string MessageType, string Session)
{
    /// <summary>subshell_id; empty for the main shell (jupyter/enhancement-proposals 91).</summary>
    public string Subshell { get; init; } = "";

    /// <summary>Types that come in numbers: their strings are shared, not made anew for every message.</summary>
    private static readonly string[] FrequentTypes =
    [
        "stream", "display_data", "status", "update_display_data", "execute_input", "execute_request", "execute_reply", "execute_result",
        "clear_output", "comm_msg", "comm_open", "comm_close", "error", "debug_event", "input_request", "kernel_info_reply",
    ];

    /// <summary>
    /// Reads a header part; false when it is not a JSON object. A field that is missing or is not a string is empty;
    /// of one that stands twice the last counts, as in Python.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> json, out MessageHeader header)
    {
        string id = "", type = "", session = "", subshell = "";
        header = new MessageHeader(id, type, session);
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("msg_id"u8)) id = ReadText(ref reader);
                else if (reader.ValueTextEquals("msg_type"u8)) type = ReadType(ref reader);
                else if (reader.ValueTextEquals("session"u8)) session = ReadText(ref reader);
                else if (reader.ValueTextEquals("subshell_id"u8)) subshell = ReadText(ref reader);
                else reader.Skip();
            }

            // The read behind the end of the object throws when something follows it.
            reader.Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is not valid UTF-8.
            return false;
        }

        header = new MessageHeader(id, type, session) { Subshell = subshell };
        return true;
    }

    private static string ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return reader.GetString()!;
        reader.Skip();
        return "";
    }

    private static string ReadType(ref Utf8JsonReader reader)
    {
        var ahead = reader;
        ahead.Read();
        if (ahead.TokenType == JsonTokenType.String)
            foreach (var known in FrequentTypes)
                if (ahead.ValueTextEquals(known))
                {
                    reader = ahead;
                    return known;
                }

        return ReadText(ref reader);
    }

    /// <summary>Writes a new header with a fresh msg_id, protocol version 5.3 and the time given.</summary>
    public static byte[] Create(string messageType, string session, string username, DateTimeOffset date, out string messageId)
    {
        messageId = Guid.NewGuid().ToString();
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("msg_id"u8, messageId);
            writer.WriteString("msg_type"u8, messageType);
            writer.WriteString("username"u8, username);
            writer.WriteString("session"u8, session);
            writer.WriteString("date"u8, date.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", null));
            writer.WriteString("version"u8, "5.3");
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
