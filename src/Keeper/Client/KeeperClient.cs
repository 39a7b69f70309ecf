using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Wire;

namespace Holdfast.Keeper.Client;

/// <summary>
/// A connection to the keeper. Holds a live copy of what the keeper knows; when the keeper ends, connects again (starting a new one) and
/// raises <see cref="Changed"/> for what is different. Safe for concurrent calls. Events are raised one after the other.
/// </summary>
public sealed partial class KeeperClient : IAsyncDisposable
{
    private readonly KeeperHome _home;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentDictionary<string, Known<KernelRecord>> _kernels = new(StringComparer.Ordinal);

    /// <summary>Kernels whose end was answered and not yet told as news, by their start: older news of them may still be on the way.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _leaving = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<uint, Question> _pending = new();
    private readonly bool _startsKeeper;

    /// <summary>For each kernel a connection that carries messages to it: a kernel that takes none holds up neither its interrupt nor other kernels.</summary>
    private readonly ConcurrentDictionary<string, Lazy<Task<FrameConnection?>>> _messages = new(StringComparer.Ordinal);
    private FrameConnection? _requests;
    private Task _running = Task.CompletedTask;
    private uint _lastNumber;

    private KeeperClient(KeeperHome home, TimeProvider time, bool startsKeeper) => (_home, _time, _startsKeeper) = (home, time, startsKeeper);

    /// <summary>A kernel is new or has changed.</summary>
    public event Action<KernelRecord>? Changed;

    /// <summary>A kernel has been shut down and is not listed any more. Its journal stays until retention lets it go.</summary>
    public event Action<KernelRecord>? Removed;

    /// <summary>All kernels of this keeper, of every root folder.</summary>
    public IReadOnlyCollection<KernelRecord> Kernels => [.. _kernels.Values.Select(known => known.Record)];

    /// <summary>Where the keeper lives.</summary>
    public KeeperHome Home => _home;

    /// <summary>The keeper's process id; 0 while there is none.</summary>
    public int KeeperProcessId { get; private set; }

    /// <summary>When the keeper was started.</summary>
    public DateTimeOffset KeeperStarted { get; private set; }

    /// <summary>Connects to the keeper of <paramref name="home"/>, starting it when none answers.</summary>
    public static async Task<KeeperReply<KeeperClient>> ConnectAsync(KeeperHome home, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        var client = new KeeperClient(home, time ?? TimeProvider.System, startsKeeper: true);
        if (await client.OpenAsync(cancellationToken) is { } failure) return new(null, failure);
        client._running = client.RunAsync();
        return new(client, null);
    }

    /// <summary>Connects to the keeper of <paramref name="home"/> if one runs; null when none does.</summary>
    public static async Task<KeeperClient?> TryConnectAsync(KeeperHome home, CancellationToken cancellationToken) => (await FindAsync(home, cancellationToken)).Value;

    /// <summary>As <see cref="TryConnectAsync"/>, with the reason: <c>unreachable</c>, or <c>refused</c> by a keeper that runs and can take in nobody.</summary>
    public static async Task<KeeperReply<KeeperClient>> FindAsync(KeeperHome home, CancellationToken cancellationToken)
    {
        var client = new KeeperClient(home, TimeProvider.System, startsKeeper: false);
        if (await client.OpenAsync(cancellationToken) is { } failure) return new(null, failure);
        client._running = client.RunAsync();
        return new(client, null);
    }

    /// <summary>The kernel with this id, or null.</summary>
    public KernelRecord? Find(string id) => _kernels.GetValueOrDefault(id)?.Record;

    /// <summary>Starts a kernel; answers when its process runs, before it is ready for messages.</summary>
    public Task<KeeperReply<KernelRecord>> StartKernelAsync(KernelStart start, CancellationToken cancellationToken) =>
        AskAsync(new Request(Operation.Start, Start: start), cancellationToken);

    /// <summary>Interrupts what the kernel executes.</summary>
    public Task<KeeperReply<KernelRecord>> InterruptAsync(string id, CancellationToken cancellationToken) => AskAsync(new Request(Operation.Interrupt, id), cancellationToken);

    /// <summary>Replaces the kernel's process; answers when the new one has answered a kernel_info_request.</summary>
    public Task<KeeperReply<KernelRecord>> RestartAsync(string id, CancellationToken cancellationToken) => AskAsync(new Request(Operation.Restart, id), cancellationToken);

    /// <summary>Ends the kernel: asks, then SIGTERM, then SIGKILL. It is not listed any more when this answers.</summary>
    public Task<KeeperReply<KernelRecord>> ShutdownAsync(string id, CancellationToken cancellationToken) => AskAsync(new Request(Operation.Shutdown, id), cancellationToken);

    /// <summary>Replaces the sessions on a kernel.</summary>
    public Task<KeeperReply<KernelRecord>> SetSessionsAsync(string id, IReadOnlyList<SessionTag> sessions, CancellationToken cancellationToken) =>
        AskAsync(new Request(Operation.SetSessions, id, Sessions: sessions), cancellationToken);

    /// <summary>Waits until the kernel has answered for the first time since its process started, or has died.</summary>
    public Task<KeeperReply<KernelRecord>> WaitReadyAsync(string id, CancellationToken cancellationToken) => AskAsync(new Request(Operation.WaitReady, id), cancellationToken);

    /// <summary>
    /// Says that the kernel's records up to <paramref name="upTo"/> are whole in the notebook file, so that the journal may let them go in time. Works for a
    /// kernel that runs and for one that has ended. A number that is smaller than one said before changes nothing.
    /// </summary>
    public Task<KeeperReply<KernelRecord>> AllowAsync(string kernelId, long upTo, CancellationToken cancellationToken) =>
        AskAsync(new Request(Operation.Allow, kernelId, UpTo: upTo), cancellationToken);

    /// <summary>Lets parts of journals go, of kernels that run and that have ended, or tells what would go.</summary>
    public async Task<KeeperReply<IReadOnlyList<JournalPart>>> PruneAsync(PruneOrder order, CancellationToken cancellationToken)
    {
        var reply = await QuestionAsync(new Request(Operation.Prune, Prune: order), cancellationToken);
        return new(reply.Pruned, reply.Failure);
    }

    /// <summary>Ends all kernels and the keeper; completes when the keeper has closed the connection.</summary>
    public async Task StopKeeperAsync(CancellationToken cancellationToken)
    {
        await _ending.CancelAsync();
        if (_requests is { } connection) await connection.WriteAsync(FrameType.Request, 0, Json(new Request(Operation.Stop)), default, cancellationToken);
        await _running.WaitAsync(cancellationToken);
    }

    /// <summary>Sends a message (layout of <see cref="Kernels.WebSocketV1"/>) to the kernel. The keeper records it first. Completes when it is on its way.</summary>
    /// <returns>False when no keeper is connected right now; the message was not sent.</returns>
    public async ValueTask<bool> SendAsync(string id, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        return await DeliverAsync(FrameType.Send, id, id, message, cancellationToken);
    }

    /// <summary>Follows the end of a kernel's journal: <see cref="KernelWatch.WaitAsync"/> wakes when a record past the given number is visible.</summary>
    public KernelWatch Watch(string id) => _kernels.GetValueOrDefault(id)?.Watch ?? KernelWatch.OfNone();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        Close();
        await _running;
    }

    /// <summary>Sends on the connection that is for this alone, opening it when it is the first.</summary>
    private async ValueTask<bool> DeliverAsync(FrameType type, string key, string id, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var opening = _messages.GetOrAdd(key, _ => new Lazy<Task<FrameConnection?>>(OpenForMessagesAsync));
        FrameConnection? connection = null;
        try
        {
            connection = await opening.Value;
        }
        finally
        {
            // The next message tries again.
            if (connection is null) _messages.TryRemove(new(key, opening));
        }

        if (connection is null) return false;
        var prefix = new byte[1 + Encoding.UTF8.GetByteCount(id)];
        prefix[0] = (byte)Encoding.UTF8.GetBytes(id, prefix.AsSpan(1));
        if (await connection.WriteAsync(type, 0, prefix, message, cancellationToken)) return true;
        if (_messages.TryRemove(new(key, opening))) connection.Dispose();
        return false;
    }

    private static byte[] Json(Request request) => JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.Request);

    private async Task<KeeperReply<KernelRecord>> AskAsync(Request request, CancellationToken cancellationToken)
    {
        var reply = await QuestionAsync(request, cancellationToken);
        return new(reply.Kernel, reply.Failure);
    }

    private async Task<Reply> QuestionAsync(Request request, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _lastNumber);
        var answer = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _pending[number] = new Question(request.Op, answer);
        try
        {
            if (_requests is not { } connection || !await connection.WriteAsync(FrameType.Request, number, Json(request), default, cancellationToken))
            {
                return new(null, Unreachable);
            }

            return await answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _pending.TryRemove(number, out _);
        }
    }

    /// <summary>A kernel or a terminal as it was last told of, and its watch: what comes later under the same name has one of its own.</summary>
    private sealed record Known<T>(T Record, KernelWatch Watch);

    /// <summary>What was asked, and where its answer goes.</summary>
    private readonly record struct Question(Operation Op, TaskCompletionSource<Reply> Answer);

    private static KeeperFailure Unreachable => new("unreachable", "The keeper does not answer; it is being started again. Try once more in a moment.");
}
