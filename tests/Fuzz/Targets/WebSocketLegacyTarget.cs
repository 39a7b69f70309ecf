using System.Buffers;
using Holdfast.Kernels;

namespace Holdfast.Fuzz;

/// <summary>Messages without a subprotocol, JSON or with binary buffers. The first byte says which of the two the frame claims to be.</summary>
internal sealed class WebSocketLegacyTarget : FuzzTarget
{
    private readonly IReadOnlyList<byte[]> _seeds = [.. SampleMessages.All.Select(sample =>
    {
        var bytes = new ArrayBufferWriter<byte>();
        var isText = WebSocketLegacy.Write(sample.Channel, sample.Message, bytes);
        return (byte[])[(byte)(isText ? 1 : 0), .. bytes.WrittenSpan];
    })];

    public override string Name => "WebSocket without subprotocol";

    public override byte[] Make(Random random) => Mutation.Of(random, _seeds, SampleMessages.Words);

    public override void Feed(byte[] input)
    {
        if (input.Length == 0) return;
        if (!WebSocketLegacy.TryRead(input.AsMemory(1), (input[0] & 1) == 1, out var channel, out var message, out var reason))
        {
            Expect(!string.IsNullOrEmpty(reason), "It was refused without a reason.");
            return;
        }

        _ = MessageHeader.TryParse(message.Header.Span, out _);
        // What goes on to the keeper is the other layout.
        WebSocketV1.Write(channel, message, new byte[WebSocketV1.Measure(channel, message)]);
        WebSocketLegacy.Write(channel, message, new ArrayBufferWriter<byte>());
    }
}
