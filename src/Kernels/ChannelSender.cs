using Holdfast.Kernels.Wire;

namespace Holdfast.Kernels;

/// <summary>Signs messages and sends them on one channel, one after the other.</summary>
internal sealed class ChannelSender(ChannelSocket socket, string key) : IDisposable
{
    private static readonly byte[] Delimiter = ChannelReceiver.Delimiter.ToArray();

    private readonly MessageSigner _signer = new(key);
    private readonly byte[] _signature = new byte[MessageSigner.SignatureLength];
    private readonly List<ReadOnlyMemory<byte>> _frames = [];
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <inheritdoc cref="ChannelSocket.SendAsync" />
    public async ValueTask SendAsync(KernelMessage message, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _frames.Clear();
            _frames.Add(Delimiter);
            _frames.Add(_signature.AsMemory(0, _signer.Sign(message, _signature)));
            _frames.Add(message.Header);
            _frames.Add(message.ParentHeader);
            _frames.Add(message.Metadata);
            _frames.Add(message.Content);
            _frames.AddRange(message.Buffers);
            await socket.SendAsync(_frames, cancellationToken);
        }
        finally
        {
            _frames.Clear();
            _turn.Release();
        }
    }

    public void Dispose() => _signer.Dispose();
}
