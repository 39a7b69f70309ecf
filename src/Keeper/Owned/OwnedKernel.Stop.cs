using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Processes;
using Holdfast.Kernels;

namespace Holdfast.Keeper.Owned;

/// <summary>Interrupting, restarting and ending a kernel.</summary>
internal sealed partial class OwnedKernel
{
    private static readonly TimeSpan StepPatience = TimeSpan.FromSeconds(2.5);

    /// <summary>Interrupts what the kernel executes.</summary>
    public async Task<KeeperFailure?> InterruptAsync(CancellationToken cancellationToken)
    {
        if (_run is not { Process.Exited.IsCompleted: false } run)
        {
            return new KeeperFailure("not-found", $"The kernel {Id} has no process to interrupt: it is {_record.ExecutionState}. Restart it.");
        }

        if (_interruptByMessage) await AskAsync("interrupt_request", "{}", cancellationToken);
        else run.Process.Signal(Native.SigInt);
        return null;
    }

    /// <summary>Replaces the process and waits for the first answer of the new one.</summary>
    public async Task<KeeperFailure?> RestartAsync(CancellationToken cancellationToken)
    {
        await _lifecycle.WaitAsync(cancellationToken);
        try
        {
            if (_ended) return new KeeperFailure("not-found", $"The kernel {Id} was shut down.");
            await BeginRestartAsync("Somebody asked for it.", asked: true);
            await EndProcessAsync("""{"restart":true}""");
            _restartTries = 0;
            if (await LaunchAsync() is { } error)
            {
                await EndAsDeadAsync($"It could not be started again: {error}");
                return new KeeperFailure("start-failed", _record.Note!);
            }

            Update(record => record with { Note = null });
        }
        finally
        {
            _lifecycle.Release();
        }

        return await WaitReadyAsync(cancellationToken);
    }

    /// <summary>Ends the process and closes the journal; the kernel is not listed any more, its record stays on the disk.</summary>
    public async Task ShutdownAsync(string reason)
    {
        await _lifecycle.WaitAsync();
        try
        {
            if (_ended) return;
            // From here on a full disk holds nothing back: what it has no room for is lost, as was asked.
            _closing = true;
            await EndProcessAsync("""{"restart":false}""");
            await CloseAsync(reason);
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    private async Task CloseAsync(string reason)
    {
        _closing = true;
        await RecordEventAsync(new KernelEvent(KernelEvent.Shutdown, reason));
        _ended = true;
        _outgoing.Writer.TryComplete();
        await _connection.DisposeAsync();
        lock (_journalGate)
        {
            _journal.Sync();
            _journal.Dispose();
        }

        Update(record => record with { ExecutionState = "dead", ProcessId = null, BusySince = null });
        Save();
        RemoveConnection(_record.Folder);
        KeeperLog.KernelShutDown(_log, Id);
    }

    /// <summary>Removes the connection file of a kernel that has ended, and the sockets it names.</summary>
    private static void RemoveConnection(string folder)
    {
        var path = ConnectionFileIn(folder);
        try
        {
            foreach (var socket in ConnectionInfo.Read(path).SocketFiles) File.Delete(socket);
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Nothing connects there any more: what stays only takes a name.
        }
    }

    /// <summary>1. SIGINT; 2. shutdown_request; 3. SIGTERM; 4. SIGKILL. Each has <see cref="StepPatience"/> to work.</summary>
    private async Task EndProcessAsync(string shutdownContent)
    {
        if (_run is not { Process.Exited.IsCompleted: false } run) return;

        // :: 1. A busy cell gives way. A kernel that is idle needs none, and one that takes messages gets the request only.
        if (!_interruptByMessage && _record.ExecutionState == "busy") run.Process.Signal(Native.SigInt);

        // :: 2. Kernels write their history and run their exit hooks on request.
        using var patience = new CancellationTokenSource(StepPatience, _time);
        try
        {
            await AskAsync("shutdown_request", shutdownContent, patience.Token);
            await run.Process.Exited.WaitAsync(patience.Token);
            return;
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            KeeperLog.KernelDoesNotEnd(_log, Id);
        }

        // :: 3 and 4. The whole group, so that what the kernel started goes with it.
        run.Process.Signal(Native.SigTerm);
        try
        {
            await run.Process.Exited.WaitAsync(StepPatience, _time);
        }
        catch (TimeoutException)
        {
            run.Process.Signal(Native.SigKill);
            await run.Process.Exited;
        }
    }
}
