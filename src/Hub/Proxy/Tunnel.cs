using System.Buffers;
using System.Net.Sockets;

namespace Holdfast.Hub.Proxy;

/// <summary>Bytes both ways between a page and a machine, after an upgrade. What they mean is theirs.</summary>
internal static class Tunnel
{
    private const int BufferSize = 16 * 1024;

    /// <summary>How long a machine has to read what the page sent last, and to end its side.</summary>
    private static readonly TimeSpan AfterThePage = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Goes on until the machine or the page ends, or <paramref name="stop"/>. What either has sent before its end reaches the other; a page that has ended its side
    /// gets no more (Kestrel takes it for gone).
    /// </summary>
    public static async Task RunAsync(Stream page, Stream machine, Socket machineSocket, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var up = CopyAsync(page, machine, over.Token);
        var down = CopyAsync(machine, page, over.Token);
        if (await Task.WhenAny(up, down) == up && up.IsCompletedSuccessfully)
        {
            machineSocket.Shutdown(SocketShutdown.Send);
            over.CancelAfter(AfterThePage);
            await down.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await over.CancelAsync();
        await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Most of them are silent most of the time: no buffer is held while there is nothing to read.
            _ = await from.ReadAsync(Memory<byte>.Empty, cancellationToken);
            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                if (await from.ReadAsync(buffer, cancellationToken) is not (> 0 and var length)) return;
                await to.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
                await to.FlushAsync(cancellationToken);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
