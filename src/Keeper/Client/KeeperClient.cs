using Holdfast.Keeper.Contract;

namespace Holdfast.Keeper.Client;

/// <summary>
/// A connection to the keeper. Holds a live copy of what the keeper knows; when the keeper ends, connects again (starting a new one) and
/// raises <see cref="Changed"/> for what is different. Safe for concurrent calls. Events are raised one after the other.
/// </summary>
public sealed class KeeperClient : IAsyncDisposable
{
    /// <summary>Connects to the keeper of <paramref name="home"/>, starting it when none answers.</summary>
    public static Task<KeeperReply<KeeperClient>> ConnectAsync(KeeperHome home, TimeProvider? time = null, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>All kernels of this keeper, of every root folder.</summary>
    public IReadOnlyCollection<KernelRecord> Kernels => throw new NotImplementedException();

    /// <summary>The kernel with this id, or null.</summary>
    public KernelRecord? Find(string id) => throw new NotImplementedException();

    /// <summary>A kernel is new or has changed.</summary>
    public event Action<KernelRecord>? Changed { add => throw new NotImplementedException(); remove => throw new NotImplementedException(); }

    /// <summary>A kernel has been shut down and is not listed any more. Its journal stays until retention lets it go.</summary>
    public event Action<KernelRecord>? Removed { add => throw new NotImplementedException(); remove => throw new NotImplementedException(); }

    /// <summary>Starts a kernel; answers when its process runs, before it is ready for messages.</summary>
    public Task<KeeperReply<KernelRecord>> StartKernelAsync(KernelStart start, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Interrupts what the kernel executes.</summary>
    public Task<KeeperReply<KernelRecord>> InterruptAsync(string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Replaces the kernel's process; answers when the new one has answered a kernel_info_request.</summary>
    public Task<KeeperReply<KernelRecord>> RestartAsync(string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Ends the kernel: asks, then SIGTERM, then SIGKILL.</summary>
    public Task<KeeperReply<KernelRecord>> ShutdownAsync(string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Replaces the sessions on a kernel.</summary>
    public Task<KeeperReply<KernelRecord>> SetSessionsAsync(string id, IReadOnlyList<SessionTag> sessions, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Waits until the kernel has answered for the first time since its process started, or has died.</summary>
    public Task<KeeperReply<KernelRecord>> WaitReadyAsync(string id, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>Sends a message (layout of <see cref="Kernels.WebSocketV1"/>) to the kernel. The keeper records it first. Completes when it is on its way.</summary>
    public ValueTask SendAsync(string id, ReadOnlyMemory<byte> message, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <summary>
    /// Follows the end of a kernel's journal: <see cref="KernelWatch.WaitAsync"/> wakes when a record past the given number is visible.
    /// </summary>
    public KernelWatch Watch(string id) => throw new NotImplementedException();

    /// <inheritdoc />
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>Follows how far a kernel's journal is visible. The records themselves are read from its files.</summary>
public sealed class KernelWatch : IDisposable
{
    /// <summary>The number of the last visible record as far as known here.</summary>
    public long Visible => throw new NotImplementedException();

    /// <summary>Waits until <see cref="Visible"/> is greater than <paramref name="sequence"/>, or the kernel is gone (returns -1).</summary>
    public ValueTask<long> WaitAsync(long sequence, CancellationToken cancellationToken) => throw new NotImplementedException();

    /// <inheritdoc />
    public void Dispose() => throw new NotImplementedException();
}
