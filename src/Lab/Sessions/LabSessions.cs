using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Kernels;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Sessions;

/// <summary>
/// The sessions of this lab's kernels. They are kept with their kernel by the keeper, so they outlive the lab; here is nothing but the
/// order in which they change.
/// </summary>
internal sealed class LabSessions(KeeperClient keeper, LabKernels kernels, ILogger<LabSessions> log) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>All sessions.</summary>
    public IEnumerable<LabSession> All => kernels.All.SelectMany(kernel => kernel.Sessions.Select(tag => new LabSession(tag, kernel)));

    /// <summary>The session with this id, or null.</summary>
    public LabSession? Find(string id) => All.FirstOrDefault(session => session.Tag.Id == id);

    /// <summary>The session of <paramref name="path"/>, or a new one on the kernel asked for, which is started when it does not run.</summary>
    public async Task<(LabSession? Session, KeeperFailure? Failure)> CreateAsync(
        string path, string name, string type, KernelRequest? kernel, CancellationToken cancellationToken)
    {
        var started = false;
        var (session, failure) = await InTurnAsync(async () =>
        {
            if (All.FirstOrDefault(session => session.Tag.Path == path) is { } existing)
                return (existing, null);
            var tag = new SessionTag(Guid.NewGuid().ToString(), path, name, type);
            var running = kernel?.Id is { } id ? kernels.Find(id) : null;
            started = running is null;
            var reply = running is not null
                ? await keeper.SetSessionsAsync(running.Id, [.. running.Sessions, tag], cancellationToken)
                : await kernels.StartAsync(kernel?.Name, path, name, kernel?.Id, tag, cancellationToken);
            if (!reply.Ok)
                return (null, reply.Failure);
            SessionsLog.Created(log, tag.Id, path, reply.Value.Id);
            return (new LabSession(tag, reply.Value), (KeeperFailure?)null);
        }, cancellationToken);
        return await ReadyAsync(session, failure, started, cancellationToken);
    }

    /// <summary>Changes what the request says. A kernel that no session uses any more after that is shut down.</summary>
    public async Task<(LabSession? Session, KeeperFailure? Failure)> ChangeAsync(string id, SessionRequest change, CancellationToken cancellationToken)
    {
        var (session, failure) = await InTurnAsync(async () =>
        {
            if (Find(id) is not { } before)
                return (null, NotFound(id));
            var tag = before.Tag with
            {
                Path = change.Path ?? before.Tag.Path,
                Name = change.Name ?? before.Tag.Name,
                Type = change.Type ?? before.Tag.Type,
            };
            if (change.Kernel is null or { Id: null, Name: null } || change.Kernel.Id == before.Kernel.Id)
            {
                var reply = await keeper.SetSessionsAsync(before.Kernel.Id, [.. before.Kernel.Sessions.Select(each => each.Id == id ? tag : each)], cancellationToken);
                return reply.Ok ? (new LabSession(tag, reply.Value), null) : (null, reply.Failure);
            }
            return await MoveAsync(before, tag, change.Kernel, cancellationToken);
        }, cancellationToken);
        return await ReadyAsync(session, failure, change.Kernel is { Id: null, Name: not null }, cancellationToken);
    }

    /// <summary>Ends the session and its kernel, as jupyter_server does also when another session uses that kernel.</summary>
    public async Task<KeeperFailure?> DeleteAsync(string id, CancellationToken cancellationToken) =>
        Find(id) is { } session ? (await kernels.ShutdownAsync(session.Kernel.Id, cancellationToken)).Failure : NotFound(id);

    /// <summary>The failure code of a session that is not there.</summary>
    public const string UnknownSession = "unknown-session";

    /// <summary>The failure code of a kernel that a change names and that is not there.</summary>
    public const string UnknownKernel = "unknown-kernel";

    /// <inheritdoc />
    public void Dispose() => _turn.Dispose();

    private async Task<(LabSession?, KeeperFailure?)> MoveAsync(LabSession before, SessionTag tag, KernelRequest kernel, CancellationToken cancellationToken)
    {
        KeeperReply<KernelRecord> reply;
        if (kernel.Id is null)
            reply = await kernels.StartAsync(kernel.Name, tag.Path, tag.Name, null, tag, cancellationToken);
        else if (kernels.Find(kernel.Id) is { } running)
            reply = await keeper.SetSessionsAsync(running.Id, [.. running.Sessions, tag], cancellationToken);
        else
            return (null, new KeeperFailure(UnknownKernel, $"No such kernel: {kernel.Id}"));
        if (!reply.Ok)
            return (null, reply.Failure);
        SessionsLog.KernelChanged(log, tag.Id, before.Kernel.Id, reply.Value.Id);
        SessionTag[] left = [.. before.Kernel.Sessions.Where(each => each.Id != tag.Id)];
        if (left.Length > 0)
            await keeper.SetSessionsAsync(before.Kernel.Id, left, cancellationToken);
        else
            await kernels.ShutdownAsync(before.Kernel.Id, cancellationToken);
        return (new LabSession(tag, reply.Value), null);
    }

    /// <summary>Waits outside the turn: another document's kernel may start meanwhile.</summary>
    private async Task<(LabSession?, KeeperFailure?)> ReadyAsync(LabSession? session, KeeperFailure? failure, bool started, CancellationToken cancellationToken)
    {
        if (session is null || (!started && session.Kernel.ExecutionState != "starting"))
            return (session, failure);
        var reply = await kernels.WaitReadyAsync(session.Kernel, cancellationToken);
        return reply.Ok ? (session with { Kernel = reply.Value }, null) : (null, reply.Failure);
    }

    private async Task<(LabSession?, KeeperFailure?)> InTurnAsync(Func<Task<(LabSession?, KeeperFailure?)>> change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await change();
        }
        finally
        {
            _turn.Release();
        }
    }

    private static KeeperFailure NotFound(string id) => new(UnknownSession, $"Session not found: session_id='{id}'");
}
