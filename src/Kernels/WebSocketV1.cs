using System.Buffers.Binary;

namespace Holdfast.Kernels;

/// <summary>
/// The layout of subprotocol <c>v1.kernel.websocket.jupyter.org</c>: little-endian u64 count n, then n offsets, then channel, header,
/// parent_header, metadata, content, buffers. The payload of a kernel's journal records has this layout too, so a record goes to a page as it is.
/// </summary>
/// <remarks>
/// The first offset is 8·(n + 1), the last is the total length, so n is 6 and the number of buffers
/// (jupyter_server services/kernels/connection/base.py, <c>serialize_msg_to_ws_v1</c>).
/// </remarks>
public static class WebSocketV1
{
    private const int OffsetsWithoutBuffers = 6;

    /// <summary>Number of bytes that <see cref="Write"/> needs.</summary>
    /// <exception cref="OverflowException">The message does not fit into 2 GiB; a received message always does.</exception>
    public static int Measure(KernelChannel channel, in KernelMessage message) => checked(
        8 * (1 + OffsetsWithoutBuffers + message.Buffers.Count) + ChannelNames.Of(channel).Length + message.PartsLength());

    /// <summary>Writes the message into <paramref name="destination"/>, which is exactly <see cref="Measure"/> long.</summary>
    public static void Write(KernelChannel channel, in KernelMessage message, Span<byte> destination)
    {
        var count = OffsetsWithoutBuffers + message.Buffers.Count;
        BinaryPrimitives.WriteUInt64LittleEndian(destination, (ulong)count);
        var slot = 8;
        var position = 8 * (count + 1);

        Append(ChannelNames.Of(channel), destination, ref slot, ref position);
        Append(message.Header.Span, destination, ref slot, ref position);
        Append(message.ParentHeader.Span, destination, ref slot, ref position);
        Append(message.Metadata.Span, destination, ref slot, ref position);
        Append(message.Content.Span, destination, ref slot, ref position);
        for (var i = 0; i < message.Buffers.Count; i++) Append(message.Buffers[i].Span, destination, ref slot, ref position);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[slot..], (ulong)position);
    }

    private static void Append(ReadOnlySpan<byte> part, Span<byte> destination, ref int slot, ref int position)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination[slot..], (ulong)position);
        part.CopyTo(destination[position..]);
        slot += 8;
        position += part.Length;
    }

    /// <summary>Reads a message; false, with the reason, when the bytes are not of this layout. The parts are slices of <paramref name="data"/>.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> data, out KernelChannel channel, out KernelMessage message, out string? reason)
    {
        channel = default;
        message = default;
        reason = Check(data.Span, out var count);
        if (reason is not null) return false;
        if (!ChannelNames.TryParse(Part(data, 0).Span, out channel))
        {
            reason = "The message is for a channel that is none of shell, iopub, stdin, control.";
            return false;
        }

        var buffers = count == OffsetsWithoutBuffers ? [] : new ReadOnlyMemory<byte>[count - OffsetsWithoutBuffers];
        for (var i = 0; i < buffers.Length; i++) buffers[i] = Part(data, 5 + i);
        message = new KernelMessage(Part(data, 1), Part(data, 2), Part(data, 3), Part(data, 4), buffers);
        return true;
    }

    /// <summary>Null when every offset lies where it must; after that slicing cannot fail.</summary>
    private static string? Check(ReadOnlySpan<byte> data, out int count)
    {
        count = 0;
        if (data.Length < 8) return $"The message has {data.Length} bytes, fewer than the 8 of its offset count.";
        var stated = BinaryPrimitives.ReadUInt64LittleEndian(data);
        if (stated < OffsetsWithoutBuffers) return $"The message states {stated} offsets, fewer than {OffsetsWithoutBuffers}.";
        if (stated >= (ulong)data.Length / 8) return $"The message states {stated} offsets, more than its {data.Length} bytes can hold.";
        count = (int)stated;

        var previous = 8UL * (stated + 1);
        if (Offset(data, 0) != previous) return $"The first offset is {Offset(data, 0)}, not {previous}, the end of the offsets.";
        for (var i = 1; i < count; i++)
        {
            var offset = Offset(data, i);
            if (offset < previous) return $"Offset {i} is {offset}, before the one in front of it, {previous}.";
            previous = offset;
        }

        return previous == (ulong)data.Length ? null : $"The last offset is {previous}, not {data.Length}, the length of the message.";
    }

    private static ulong Offset(ReadOnlySpan<byte> data, int index) => BinaryPrimitives.ReadUInt64LittleEndian(data[(8 * (index + 1))..]);

    private static ReadOnlyMemory<byte> Part(ReadOnlyMemory<byte> data, int index) =>
        data[(int)Offset(data.Span, index)..(int)Offset(data.Span, index + 1)];
}
