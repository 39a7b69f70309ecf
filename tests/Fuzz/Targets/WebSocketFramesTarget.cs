using System.Buffers.Binary;
using Holdfast.Lab.Http.WebSockets;

namespace Holdfast.Fuzz;

/// <summary>The frames of a client (RFC 6455): every connection ends by itself, in order or with a close frame.</summary>
internal sealed class WebSocketFramesTarget : FuzzTarget
{
    private const int Longest = 1 << 20;
    private static readonly int[] Lengths = [0, 1, 125, 126, 127, 1000, 65_535, 65_536, 70_000];

    private readonly IReadOnlyList<byte[]> _seeds;

    public WebSocketFramesTarget()
    {
        var random = new Random(1);
        _seeds = [.. Enumerable.Range(0, 20).Select(_ => Conversation(random))];
    }

    public override string Name => "WebSocket frames";

    public override byte[] Make(Random random) => random.Next(4) == 0 ? Conversation(random) : Mutation.Of(random, _seeds, []);

    public override void Feed(byte[] input)
    {
        var stream = new ScriptedStream(input);
        using var socket = new ServerSocket(stream, CancellationToken.None) { LongestMessage = Longest };
        var taken = 0L;
        while (true)
        {
            var receiving = socket.ReceiveAsync().AsTask();
            Expect(receiving.IsCompleted, "It waits although nothing more can come.");
            if (receiving.Result is not { } message) break;
            Expect(message.Data.Length <= Longest, "A message is longer than allowed.");
            taken += message.Data.Length;
        }

        Expect(taken <= input.Length, "More came out than went in.");
        Expect(socket.Ended.IsCancellationRequested, "It has not ended.");
    }

    private static byte[] Conversation(Random random)
    {
        var bytes = new List<byte>();
        Span<byte> extended = stackalloc byte[8];
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var length = random.Next(3) == 0 ? Lengths[random.Next(Lengths.Length)] : random.Next(40);
            var kind = (byte)(random.Next(5) switch { 0 => 1, 1 => 2, 2 => 8 + random.Next(3), 3 => 0, _ => random.Next(16) });
            bytes.Add((byte)(kind | (random.Next(4) == 0 ? 0 : 0x80) | (random.Next(40) == 0 ? 0x40 : 0)));
            if (length < 126) bytes.Add((byte)(0x80 | length));
            else if (length < 65_536)
            {
                BinaryPrimitives.WriteUInt16BigEndian(extended, (ushort)length);
                bytes.AddRange([0xFE, .. extended[..2]]);
            }
            else
            {
                BinaryPrimitives.WriteInt64BigEndian(extended, length);
                bytes.AddRange([0xFF, .. extended]);
            }

            bytes.AddRange([1, 2, 3, 4]);
            var payload = new byte[length];
            random.NextBytes(payload);
            bytes.AddRange(payload);
        }

        return [.. bytes];
    }
}
