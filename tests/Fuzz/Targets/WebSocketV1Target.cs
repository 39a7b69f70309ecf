using Holdfast.Kernels;

namespace Holdfast.Fuzz;

/// <summary>Messages of the binary subprotocol: what is read is written again with the same bytes.</summary>
internal sealed class WebSocketV1Target : FuzzTarget
{
    private readonly IReadOnlyList<byte[]> _seeds = [.. SampleMessages.All.Select(sample =>
    {
        var bytes = new byte[WebSocketV1.Measure(sample.Channel, sample.Message)];
        WebSocketV1.Write(sample.Channel, sample.Message, bytes);
        return bytes;
    })];

    public override string Name => "WebSocket v1";

    public override byte[] Make(Random random) => Mutation.Of(random, _seeds, SampleMessages.Words);

    public override void Feed(byte[] input)
    {
        if (!WebSocketV1.TryRead(input, out var channel, out var message, out var reason))
        {
            Expect(!string.IsNullOrEmpty(reason), "It was refused without a reason.");
            return;
        }

        _ = MessageHeader.TryParse(message.Header.Span, out _);
        var again = new byte[WebSocketV1.Measure(channel, message)];
        WebSocketV1.Write(channel, message, again);
        Expect(again.AsSpan().SequenceEqual(input), "It was read as something else than it is.");
    }
}
