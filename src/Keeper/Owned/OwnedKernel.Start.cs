using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Processes;
using Holdfast.Kernels;
using Microsoft.Extensions.Logging;

namespace Holdfast.Keeper.Owned;

/// <summary>Starting a kernel, finding one again, and replacing its process.</summary>
internal sealed partial class OwnedKernel
{
    private const int MostRestartTries = 5;
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestNudge = TimeSpan.FromSeconds(1);

    /// <summary>Makes the kernel's folder, connection file and journal, and starts its process.</summary>
    public static async Task<(OwnedKernel? Kernel, KeeperFailure? Failure)> StartAsync(KeeperHome home, string id, KernelStart start, JournalOptions journals, TimeProvider time, ILogger log)
    {
        var folder = Path.Combine(home.KernelsFolder, id);
        JournalWriter? journal = null;
        OwnedKernel? kernel = null;
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            journal = JournalWriter.Open(Path.Combine(folder, "journal"), journals);
            var connection = start.Tcp ? ConnectionInfo.ForTcp(start.SpecName) : ConnectionInfo.ForIpc(home.IpcPrefix(id), start.SpecName);
            var connectionFile = ConnectionFileIn(folder);
            connection.Write(connectionFile);

            var now = time.GetUtcNow();
            var file = new KernelFile
            {
                Record = new KernelRecord
                {
                    Id = id,
                    SpecName = start.SpecName,
                    DisplayName = start.DisplayName,
                    Root = start.Root,
                    Folder = folder,
                    WorkingFolder = start.WorkingFolder,
                    ExecutionState = "starting",
                    Started = now,
                    LastActivity = now,
                    Sessions = start.Sessions,
                    Documents = DocumentsOf(start.Root, start.Sessions, []),
                },
                Argv = [.. start.Argv.Select(part => part.Replace("{connection_file}", connectionFile, StringComparison.Ordinal))],
                InterruptByMessage = start.InterruptByMessage,
            };
            kernel = new OwnedKernel(file, start.Environment, journal, connection, time, log);
            if (await kernel.LaunchAsync() is not { } error) return (kernel, null);

            await kernel.CloseAsync($"did not start: {error}");
            return (null, new KeeperFailure("start-failed", $"The kernel {start.DisplayName} could not be started: {error}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (kernel is null) journal?.Dispose();
            return (null, new KeeperFailure("start-failed", $"The kernel's folder {folder} cannot be used: {e.Message}"));
        }
    }

    /// <summary>Takes up a kernel that an earlier keeper left running, and records the gap. Null when it has ended or was shut down.</summary>
    public static OwnedKernel? Adopt(string folder, JournalOptions journals, TimeProvider time, ILogger log)
    {
        if (KernelFile.Read(folder) is not { Ended: null } file) return null;
        var process = file.Record.ProcessId is { } id ? ChildProcess.Find(id, file.StartTicks) : null;
        if (process is null)
        {
            KeeperLog.KernelGone(log, file.Record.Id);
            (file with { Ended = time.GetUtcNow(), Record = file.Record with { ExecutionState = "dead", Note = "It ended while no keeper ran." } }).TryWrite(out _);
            RemoveConnection(folder);
            return null;
        }

        // Before the journal is opened: mending a torn end is a write, too. A clock that was set back must not make a gap of less than nothing.
        var (lastWrite, now) = (LastWrite(Path.Combine(folder, "journal")) ?? file.Record.Started, time.GetUtcNow());
        var from = lastWrite < now ? lastWrite : now;
        var connection = ConnectionInfo.Read(ConnectionFileIn(folder));
        var journal = JournalWriter.Open(Path.Combine(folder, "journal"), journals);
        var note = $"No keeper ran from {from:yyyy-MM-dd HH:mm:ss} to {now:yyyy-MM-dd HH:mm:ss} UTC. What the kernel sent in between is not recorded.";
        var gap = new KernelEvent(KernelEvent.Gap, note, process.Id, from);
        var kernel = new OwnedKernel(file, process.ReadEnvironment(), journal, connection, time, log, gap);
        // What it was last written to be may be hours old: until it answers it is taken for busy, which ends nobody's work.
        if (file.Record.ExecutionState == "idle") kernel.Update(record => record with { ExecutionState = "busy", BusySince = from });
        kernel.Follow(process, consoleStart: 0);
        kernel.Update(record => record with { Note = note });
        _ = kernel.NameGapWhenConnectedAsync();
        KeeperLog.KernelAdopted(log, kernel.Id, process.Id);
        return kernel;
    }

    /// <summary>The gap ends when broadcasts are subscribed to again, which does not wait until the kernel sends one.</summary>
    private async Task NameGapWhenConnectedAsync()
    {
        try
        {
            await _connection.WaitConnectedAsync(_run!.Ended.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // It has ended: the record that says so names the gap.
            return;
        }

        lock (_journalGate) NameGap();
        await FlushAsync();
    }

    /// <summary>When the journal was last written; null when it never was.</summary>
    private static DateTimeOffset? LastWrite(string journalFolder) =>
        Directory.Exists(journalFolder) ? Directory.EnumerateFiles(journalFolder).Select(path => (DateTimeOffset?)File.GetLastWriteTimeUtc(path)).Max() : null;

    /// <summary>Waits until the kernel's process has answered; a failure, with its last words, when it ended before.</summary>
    public async Task<KeeperFailure?> WaitReadyAsync(CancellationToken cancellationToken)
    {
        if (_run is { } run && await run.Ready.Task.WaitAsync(cancellationToken)) return null;
        return new KeeperFailure("start-failed", _record.Note ?? "The kernel ended before it answered.");
    }

    private static string ConnectionFileIn(string folder) => Path.Combine(folder, "connection.json");

    /// <summary>Starts a process for the kernel; null when it runs, else why not.</summary>
    private async Task<string?> LaunchAsync()
    {
        var consolePath = Path.Combine(_record.Folder, "console.log");
        var consoleStart = File.Exists(consolePath) ? new FileInfo(consolePath).Length : 0;
        var (process, error) = ChildProcess.Start(_argv, _environment, _record.WorkingFolder, consolePath);
        if (process is null) return error;

        Follow(process, consoleStart);
        Save();
        KeeperLog.KernelStarted(_log, Id, process.Id);
        await RecordEventAsync(new KernelEvent(KernelEvent.Started, Pid: process.Id));
        return null;
    }

    private void Follow(ChildProcess process, long consoleStart)
    {
        var run = new KernelRun(process, Path.Combine(_record.Folder, "console.log"), consoleStart) { IsMainBusy = _record.ExecutionState == "busy" };
        _run = run;
        Update(record => record with { ProcessId = process.Id });
        _ = NudgeAsync(run);
        _ = WatchAsync(run);
    }

    /// <summary>Asks until the kernel answers and its broadcasts arrive: a subscription is only known to work by what comes through it.</summary>
    private async Task NudgeAsync(KernelRun run)
    {
        var wait = TimeSpan.FromMilliseconds(100);
        // A kernel that was found again may be busy for hours: one request waits in its queue, more would pile up. What it has answered waits there no longer.
        var isPatient = _record.ExecutionState == "busy";
        var sent = 0;
        try
        {
            for (; !run.Ready.Task.IsCompleted && !run.Ended.IsCancellationRequested; wait = wait + wait < LongestNudge ? wait + wait : LongestNudge)
            {
                if (isPatient && run.Answers < sent)
                {
                    await Task.WhenAny(run.Ready.Task, Task.Delay(wait, _time, run.Ended.Token));
                    continue;
                }

                sent++;
                var header = MessageHeader.Create("kernel_info_request", OwnSession, "holdfast", _time.GetUtcNow(), out _);
                await _connection.SendAsync(KernelChannel.Shell, new KernelMessage(header, "{}"u8.ToArray(), "{}"u8.ToArray(), "{}"u8.ToArray(), []), run.Ended.Token);
                await Task.WhenAny(run.Ready.Task, Task.Delay(wait, _time, run.Ended.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The process has ended: WatchAsync says so.
        }
    }

    /// <summary>Waits for the end of the process and, when nobody asked for it, starts another or says why not.</summary>
    private async Task WatchAsync(KernelRun run)
    {
        var exit = await run.Process.Exited;
        await run.Ended.CancelAsync();
        await _lifecycle.WaitAsync();
        try
        {
            if (_run != run || _ended) return;

            var words = run.LastWords();
            var reason = $"The kernel's process {exit}.{(words.Length > 0 ? $" Its last words:\n{words}" : "")}";
            if (run.ReadySince is { } since && _time.GetElapsedTime(since) > StableAfter) _restartTries = 0;
            if (run.ReadySince is null || ++_restartTries > MostRestartTries)
            {
                await EndAsDeadAsync(reason);
                return;
            }

            await BeginRestartAsync(reason, asked: false);
            if (await LaunchAsync() is { } error) await EndAsDeadAsync($"{reason}\nIt could not be started again: {error}");
        }
        finally
        {
            // Only now: whoever waits for it reads the reason from the record.
            run.Ready.TrySetResult(false);
            _lifecycle.Release();
        }
    }

    private async Task BeginRestartAsync(string reason, bool asked)
    {
        KeeperLog.KernelRestarting(_log, Id);
        await RecordEventAsync(new KernelEvent(KernelEvent.Restarting, reason, Asked: asked ? true : null));
        Update(record => record with { ExecutionState = "restarting", BusySince = null, ProcessId = null, Restarts = record.Restarts + 1, Note = reason });
    }

    private async Task EndAsDeadAsync(string reason)
    {
        KeeperLog.KernelDead(_log, Id);
        await RecordEventAsync(new KernelEvent(KernelEvent.Dead, reason));
        Update(record => record with { ExecutionState = "dead", BusySince = null, ProcessId = null, Note = reason });
        Save();
    }
}
