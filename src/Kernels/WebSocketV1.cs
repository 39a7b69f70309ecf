using System.Buffers;

namespace Holdfast.Kernels;

/// <summary>
/// The layout of subprotocol <c>v1.kernel.websocket.jupyter.org</c>: little-endian u64 count n, then n offsets, then channel, header,
/// parent_header, metadata, content, buffers. The payload of a kernel's journal records has this layout too, so a record goes to a page as it is.
/// </summary>
public static class WebSocketV1
{
    /// <summary>Number of bytes that <see cref="Write"/> needs.</summary>
    public static int Measure(KernelChannel channel, in KernelMessage message) => throw new NotImplementedException();

    /// <summary>Writes the message into <paramref name="destination"/>, which is exactly <see cref="Measure"/> long.</summary>
    public static void Write(KernelChannel channel, in KernelMessage message, Span<byte> destination) => throw new NotImplementedException();

    /// <summary>Reads a message; false, with the reason, when the bytes are not of this layout. The parts are slices of <paramref name="data"/>.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> data, out KernelChannel channel, out KernelMessage message, out string? reason) => throw new NotImplementedException();
}

/// <summary>The layout of a WebSocket without subprotocol: JSON text, or binary with big-endian u32 count, offsets, JSON, buffers.</summary>
public static class WebSocketLegacy
{
    /// <summary>Writes the message; returns true when it is text (no buffers), false when it is binary.</summary>
    public static bool Write(KernelChannel channel, in KernelMessage message, IBufferWriter<byte> destination) => throw new NotImplementedException();

    /// <summary>Reads a message; false, with the reason, when it is not of this layout.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> data, bool isText, out KernelChannel channel, out KernelMessage message, out string? reason) => throw new NotImplementedException();
}
