using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Holdfast.Kernels;

/// <summary>The layout of a WebSocket without subprotocol: JSON text, or binary with big-endian u32 count, offsets, JSON, buffers.</summary>
/// <remarks>
/// The count includes the JSON, and offset i is where part i starts; the last part ends with the message
/// (jupyter_server services/kernels/connection/base.py, <c>serialize_binary_message</c>).
/// </remarks>
public static class WebSocketLegacy
{
    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    /// <summary>Writes the message; returns true when it is text (no buffers), false when it is binary.</summary>
    public static bool Write(KernelChannel channel, in KernelMessage message, IBufferWriter<byte> destination)
    {
        _ = MessageHeader.TryParse(message.Header.Span, out var header);
        var id = JsonEncodedText.Encode(header.MessageId).EncodedUtf8Bytes;
        var type = JsonEncodedText.Encode(header.MessageType).EncodedUtf8Bytes;
        var isText = message.Buffers.Count == 0;
        if (!isText) WriteOffsets(JsonLength(channel, message, id, type), message.Buffers, destination);

        destination.Write("{\"header\":"u8);
        destination.Write(message.Header.Span);
        destination.Write(",\"msg_id\":\""u8);
        destination.Write(id);
        destination.Write("\",\"msg_type\":\""u8);
        destination.Write(type);
        destination.Write("\",\"parent_header\":"u8);
        destination.Write(message.ParentHeader.Span);
        destination.Write(",\"metadata\":"u8);
        destination.Write(message.Metadata.Span);
        destination.Write(",\"content\":"u8);
        destination.Write(message.Content.Span);
        destination.Write(isText ? ",\"buffers\":[],\"channel\":\""u8 : ",\"channel\":\""u8);
        destination.Write(ChannelNames.Of(channel));
        destination.Write("\"}"u8);
        for (var i = 0; i < message.Buffers.Count; i++) destination.Write(message.Buffers[i].Span);
        return isText;
    }

    private static int JsonLength(KernelChannel channel, in KernelMessage message, ReadOnlySpan<byte> id, ReadOnlySpan<byte> type) => checked(
        "{\"header\":,\"msg_id\":\"\",\"msg_type\":\"\",\"parent_header\":,\"metadata\":,\"content\":,\"channel\":\"\"}"u8.Length
        + message.Header.Length + id.Length + type.Length + message.ParentHeader.Length + message.Metadata.Length + message.Content.Length
        + ChannelNames.Of(channel).Length);

    private static void WriteOffsets(int jsonLength, IReadOnlyList<ReadOnlyMemory<byte>> buffers, IBufferWriter<byte> destination)
    {
        var count = buffers.Count + 1;
        var table = destination.GetSpan(4 * (count + 1));
        BinaryPrimitives.WriteUInt32BigEndian(table, (uint)count);
        var position = (uint)(4 * (count + 1));
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(table[(4 * (i + 1))..], position);
            position = checked(position + (uint)(i == 0 ? jsonLength : buffers[i - 1].Length));
        }

        destination.Advance(4 * (count + 1));
    }

    /// <summary>
    /// Reads a message; false, with the reason, when it is not of this layout. The parts are slices of <paramref name="data"/>.
    /// As jupyter_server does, no channel means shell; a parent_header, metadata or content that is not there is <c>{}</c>.
    /// </summary>
    public static bool TryRead(ReadOnlyMemory<byte> data, bool isText, out KernelChannel channel, out KernelMessage message, out string? reason)
    {
        channel = default;
        message = default;
        if (isText) return TryReadJson(data, [], out channel, out message, out reason);

        var span = data.Span;
        var count = span.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(span);
        if (count == 0 || count >= span.Length / 4)
        {
            reason = $"The binary message of {span.Length} bytes states {count} parts.";
            return false;
        }

        var parts = new ReadOnlyMemory<byte>[count];
        var end = (uint)span.Length;
        for (var i = (int)count - 1; i >= 0; i--)
        {
            var start = BinaryPrimitives.ReadUInt32BigEndian(span[(4 * (i + 1))..]);
            if (start > end || start < 4 * (count + 1))
            {
                reason = $"Part {i} of the binary message starts at {start}, outside of its {span.Length} bytes or behind the part that follows.";
                return false;
            }

            parts[i] = data[(int)start..(int)end];
            end = start;
        }

        return TryReadJson(parts[0], parts[1..], out channel, out message, out reason);
    }

    private static bool TryReadJson(
        ReadOnlyMemory<byte> json, ReadOnlyMemory<byte>[] buffers, out KernelChannel channel, out KernelMessage message, out string? reason)
    {
        channel = KernelChannel.Shell;
        message = new KernelMessage(default, EmptyObject, EmptyObject, EmptyObject, buffers);
        try
        {
            reason = Utf8.IsValid(json.Span) ? ReadJson(json, ref channel, ref message) : "The message is not valid UTF-8.";
        }
        catch (JsonException e)
        {
            reason = $"The message is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.";
        }
        catch (InvalidOperationException)
        {
            // The reader's word for half of a surrogate pair in a name.
            reason = "The message has a name that is no text.";
        }

        if (reason is null && message.Header.IsEmpty) reason = "The message has no header.";
        if (reason is null) return true;
        message = default;
        return false;
    }

    private static string? ReadJson(ReadOnlyMemory<byte> json, ref KernelChannel channel, ref KernelMessage message)
    {
        // Contents nest as deep as the user's data does; Python's own limit is about 1,000.
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = 1024 });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) return "The message is not a JSON object.";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("channel"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.Null) continue;
                if (reader.TokenType != JsonTokenType.String || reader.ValueIsEscaped || !ChannelNames.TryParse(reader.ValueSpan, out channel))
                    return "The message is for a channel that is none of shell, iopub, stdin, control.";
            }
            else if (reader.ValueTextEquals("header"u8))
            {
                if (!TakeObject(json, ref reader, out var part)) return "The header is not an object.";
                message = message with { Header = part };
            }
            else if (reader.ValueTextEquals("parent_header"u8))
            {
                if (!TakeObject(json, ref reader, out var part)) return "The parent_header is not an object.";
                message = message with { ParentHeader = part };
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                if (!TakeObject(json, ref reader, out var part)) return "The metadata is not an object.";
                message = message with { Metadata = part };
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                if (!TakeObject(json, ref reader, out var part)) return "The content is not an object.";
                message = message with { Content = part };
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read();
        return null;
    }

    /// <summary>Takes the object after a property name as it stands; null stands for <c>{}</c>.</summary>
    private static bool TakeObject(ReadOnlyMemory<byte> json, ref Utf8JsonReader reader, out ReadOnlyMemory<byte> part)
    {
        reader.Read();
        part = EmptyObject;
        if (reader.TokenType == JsonTokenType.Null) return true;
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        part = json[start..(int)reader.BytesConsumed];
        return true;
    }
}
