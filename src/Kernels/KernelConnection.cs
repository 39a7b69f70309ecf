namespace Holdfast.Kernels;

/// <summary>Takes what a kernel sends. One call at a time a channel; several channels may call at once.</summary>
public interface IKernelSink
{
    /// <summary>A verified message. Its memory is valid only during the call.</summary>
    void OnMessage(KernelChannel channel, in KernelMessage message);

    /// <summary>
    /// Everything received so far on <paramref name="channel"/> has been handed over. The channel reads on only when this completes:
    /// this is how a slow disk holds a kernel back.
    /// </summary>
    ValueTask OnDrainedAsync(KernelChannel channel);

    /// <summary>A message was refused: a bad or repeated signature, or not a Jupyter message.</summary>
    void OnRefused(KernelChannel channel, string reason);
}

/// <summary>The one set of sockets to one kernel: shell, control and stdin (DEALER, one identity), iopub (SUB), heartbeat (REQ).</summary>
public sealed class KernelConnection : IAsyncDisposable
{
    /// <summary>
    /// Starts to connect; sockets connect in the background and again when the kernel binds late or restarts on the same addresses.
    /// </summary>
    public static KernelConnection Open(ConnectionInfo info, IKernelSink sink, TimeProvider? time = null) => throw new NotImplementedException();

    /// <summary>Completes when all sockets have finished their handshake.</summary>
    public Task WaitConnectedAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Signs and sends a message.</summary>
    public ValueTask SendAsync(KernelChannel channel, KernelMessage message, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Sends a heartbeat and waits for its echo; false when it did not come within <paramref name="limit"/>.</summary>
    public Task<bool> BeatAsync(TimeSpan limit, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>A kernel's connection file (jupyter_client "Connection files").</summary>
public sealed record ConnectionInfo
{
    /// <summary><c>ipc</c> or <c>tcp</c>.</summary>
    public required string Transport { get; init; }
    /// <summary>The address for tcp, the path prefix for ipc (the socket of port n is <c>prefix-n</c>).</summary>
    public required string Ip { get; init; }
    /// <summary>Port (tcp) or suffix (ipc) of the channel.</summary>
    public required int ShellPort { get; init; }
    /// <inheritdoc cref="ShellPort" />
    public required int IOPubPort { get; init; }
    /// <inheritdoc cref="ShellPort" />
    public required int StdinPort { get; init; }
    /// <inheritdoc cref="ShellPort" />
    public required int ControlPort { get; init; }
    /// <inheritdoc cref="ShellPort" />
    public required int HeartbeatPort { get; init; }
    /// <summary>The key messages are signed with; empty for no signing.</summary>
    public required string Key { get; init; }
    /// <summary>Always <c>hmac-sha256</c>.</summary>
    public string SignatureScheme { get; init; } = "hmac-sha256";
    /// <summary>The kernelspec's name.</summary>
    public string KernelName { get; init; } = "";

    /// <summary>A new one on ipc below <paramref name="pathPrefix"/>, with a random key.</summary>
    public static ConnectionInfo ForIpc(string pathPrefix, string kernelName) => throw new NotImplementedException();

    /// <summary>A new one on five free ports of 127.0.0.1, with a random key.</summary>
    public static ConnectionInfo ForTcp(string kernelName) => throw new NotImplementedException();

    /// <summary>Reads a connection file.</summary>
    public static ConnectionInfo Read(string path) => throw new NotImplementedException();

    /// <summary>Writes the connection file, mode 0600.</summary>
    public void Write(string path) => throw new NotImplementedException();
}
