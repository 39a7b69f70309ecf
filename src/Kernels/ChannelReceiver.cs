using Holdfast.Kernels.Wire;

namespace Holdfast.Kernels;

/// <summary>Turns the frames of one channel into verified messages for the sink: identities, <c>&lt;IDS|MSG&gt;</c>, signature, four parts, buffers.</summary>
internal sealed class ChannelReceiver(KernelChannel channel, string key, SeenSignatures seen, IKernelSink sink) : IFrameReceiver, IDisposable
{
    private const int Parts = 4;

    private readonly MessageSigner _signer = new(key);
    private readonly List<ReadOnlyMemory<byte>> _buffers = [];

    public static ReadOnlySpan<byte> Delimiter => "<IDS|MSG>"u8;

    public void OnMessage(ReceiveBuffer message)
    {
        var at = 0;
        while (at < message.Frames && !message.Frame(at).Span.SequenceEqual(Delimiter)) at++;
        if (message.Frames - at < 2 + Parts)
        {
            sink.OnRefused(channel, at == message.Frames
                ? $"A message of {message.Frames} frames was refused: it has no <IDS|MSG>."
                : $"A message was refused: {message.Frames - at - 1} frames follow its <IDS|MSG>, not {1 + Parts} or more.");
            return;
        }

        _buffers.Clear();
        for (var i = at + 2 + Parts; i < message.Frames; i++) _buffers.Add(message.Frame(i));
        var received = new KernelMessage(
            message.Frame(at + 2), message.Frame(at + 3), message.Frame(at + 4), message.Frame(at + 5), _buffers.Count == 0 ? [] : _buffers);

        if (_signer.Check(received, message.Frame(at + 1).Span, seen) is { } wrong)
            sink.OnRefused(channel, $"A message was refused: {wrong}.");
        else
            sink.OnMessage(channel, received);
    }

    public ValueTask OnDrainedAsync() => sink.OnDrainedAsync(channel);

    public void OnFault(string reason) => sink.OnRefused(channel, reason);

    public void Dispose() => _signer.Dispose();
}
