using System.Buffers.Binary;
using System.Text;
using Holdfast.Kernels;
using Holdfast.Kernels.Wire;

namespace Holdfast.Fuzz;

/// <summary>What listens where a kernel should: greeting, commands, messages. Nothing gets through whose signature is not right.</summary>
internal sealed class ZmtpTarget : FuzzTarget, IKernelSink
{
    private const string Key = "a key";

    private readonly List<byte[]> _seeds = [];
    private readonly HashSet<string> _genuine = new(StringComparer.Ordinal);

    public ZmtpTarget()
    {
        foreach (var (_, message) in SampleMessages.All)
        {
            using var signer = new MessageSigner(Key);
            var signature = new byte[MessageSigner.SignatureLength];
            signer.Sign(message, signature);
            _genuine.Add(Text(message));
            byte[] begin = [.. Zmtp.Greeting, .. Zmtp.Ready("ROUTER", "id"u8), .. Frame("topic"u8, true)];
            byte[] sent =
            [
                .. Frame(ChannelReceiver.Delimiter, true), .. Frame(signature, true), .. Frame(message.Header.Span, true), .. Frame(message.ParentHeader.Span, true),
                .. Frame(message.Metadata.Span, true), .. Frame(message.Content.Span, message.Buffers.Count > 0),
            ];
            for (var i = 0; i < message.Buffers.Count; i++) sent = [.. sent, .. Frame(message.Buffers[i].Span, i < message.Buffers.Count - 1)];
            byte[] ping = [4, 8, 4, .. "PING"u8, 0, 1, 9];
            _seeds.Add([.. begin, .. sent]);
            _seeds.Add([.. begin, .. ping, .. sent, .. ping]);
        }
    }

    public override string Name => "ZMTP";

    public override byte[] Make(Random random) => Mutation.Of(random, _seeds, SampleMessages.Words);

    public override void Feed(byte[] input)
    {
        using var buffer = new ReceiveBuffer();
        using var receiver = new ChannelReceiver(KernelChannel.Shell, Key, new SeenSignatures(), this);
        var (at, greeted) = (0, false);
        try
        {
            while (true)
            {
                var room = buffer.Room();
                Expect(!room.IsEmpty, "There is no room to receive to.");
                var count = Math.Min(Math.Min(room.Length, 1500), input.Length - at);
                if (count == 0) return;
                input.AsSpan(at, count).CopyTo(room.Span);
                buffer.Received(count);
                at += count;
                if (!greeted)
                {
                    if (Zmtp.CheckGreeting(buffer.Unscanned) is not null) return;
                    if (buffer.Unscanned.Length < Zmtp.GreetingLength) continue;
                    buffer.Skip(Zmtp.GreetingLength);
                    greeted = true;
                }

                Found found;
                while ((found = buffer.Scan()) is Found.Message or Found.Command)
                {
                    if (found == Found.Message) receiver.OnMessage(buffer);
                    else if (Zmtp.CheckReady(buffer.Command.Span, "DEALER") is null) continue;
                    else Expect(Zmtp.Pong(buffer.Command.Span) is null or { Length: <= 23 }, "A PONG is longer than the protocol allows.");
                }

                if (found != Found.Fault) continue;
                Expect(!string.IsNullOrEmpty(buffer.Fault), "It was refused without a reason.");
                return;
            }
        }
        catch (InsufficientMemoryException)
        {
            // A frame may be said to have 2 GiB; a machine without so much address space refuses the connection.
        }
    }

    void IKernelSink.OnMessage(KernelChannel channel, in KernelMessage message) => Expect(_genuine.Contains(Text(message)), "A message with a wrong signature came through.");

    ValueTask IKernelSink.OnDrainedAsync(KernelChannel channel) => ValueTask.CompletedTask;

    void IKernelSink.OnRefused(KernelChannel channel, string reason)
    {
    }

    /// <summary>What is signed; buffers are not (jupyter_client "Wire protocol").</summary>
    private static string Text(in KernelMessage message) =>
        string.Join('\n', Encoding.Latin1.GetString(message.Header.Span), Encoding.Latin1.GetString(message.ParentHeader.Span), Encoding.Latin1.GetString(message.Metadata.Span), Encoding.Latin1.GetString(message.Content.Span));

    private static byte[] Frame(ReadOnlySpan<byte> body, bool more)
    {
        var flags = (byte)(more ? Zmtp.More : 0);
        if (body.Length < 256) return [flags, (byte)body.Length, .. body];
        var length = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(length, body.Length);
        return [(byte)(flags | Zmtp.Long), .. length, .. body];
    }
}
