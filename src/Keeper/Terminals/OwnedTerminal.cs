using System.Buffers.Binary;
using System.Text.Json;
using System.Threading.Channels;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Host;
using Holdfast.Keeper.Processes;
using Holdfast.Keeper.Wire;
using Microsoft.Extensions.Logging;

namespace Holdfast.Keeper.Terminals;

/// <summary>
/// One terminal: its program, the master of its pseudo-terminal, and its journal, of which this is the only writer. A thread of its own carries what
/// is printed and what is typed (OwnedTerminal.Carry.cs).
/// </summary>
internal sealed partial class OwnedTerminal : IOwned
{
    private static readonly TimeSpan StepPatience = TimeSpan.FromSeconds(2.5);

    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly TerminalRetention _retention;
    private readonly JournalWriter _journal;
    private readonly PseudoTerminal _terminal;
    private readonly ChildProcess _process;
    private readonly Lock _journalGate = new();
    private readonly Lock _recordGate = new();
    private readonly Dictionary<Viewer, TerminalSize> _viewers = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TerminalRecord _record;
    private long _lastActivity;
    private long _visible;
    private string? _endReason;

    private OwnedTerminal(TerminalRecord record, JournalWriter journal, PseudoTerminal terminal, ChildProcess process, TerminalRetention retention, TimeProvider time, ILogger log)
    {
        (_record, _journal, _terminal, _process, _retention, _time, _log) = (record, journal, terminal, process, retention, time, log);
        (_lastActivity, _pace) = (record.LastActivity.UtcTicks, new Owned.FloodPace(time));
        journal.SyncErrorChanged += error => SetNote(error);
    }

    /// <summary>The terminal's record has changed.</summary>
    public event Action<OwnedTerminal>? Changed;

    /// <summary>More records are visible.</summary>
    public event Action<OwnedTerminal>? Advanced;

    /// <summary>Completes when the program has ended and the journal is closed.</summary>
    public Task Closed => _closed.Task;

    public string Id => _record.Name;

    public long VisibleSequence => Volatile.Read(ref _visible);

    OwnedFrames IOwned.Frames => new(FrameType.TerminalChanged, FrameType.TerminalRemoved, FrameType.TerminalAdvanced);

    /// <summary>The terminal as it stands now.</summary>
    public TerminalRecord Record
    {
        get
        {
            lock (_recordGate) return _record with { LastActivity = new DateTimeOffset(Volatile.Read(ref _lastActivity), TimeSpan.Zero), LastSequence = VisibleSequence };
        }
    }

    public byte[] Describe() => JsonSerializer.SerializeToUtf8Bytes(Record, WireJson.Default.TerminalRecord);

    /// <summary>Opens a terminal, its journal in <paramref name="folder"/>, and starts its program.</summary>
    public static (OwnedTerminal? Terminal, KeeperFailure? Failure) Start(
        string folder, string name, TerminalStart start, JournalOptions journals, TerminalRetention retention, TimeProvider time, ILogger log)
    {
        var size = TerminalSize.Of(start.Size.Rows, start.Size.Columns);
        var (terminal, error) = PseudoTerminal.Open(size);
        if (terminal is null) return (null, new KeeperFailure("start-failed", error!));
        JournalWriter? journal = null;
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            journal = JournalWriter.Open(Path.Combine(folder, "journal"), journals);
            var argv = TerminalProgram.Command(start);
            (var process, error) = ChildProcess.StartOnTerminal(argv, TerminalProgram.Environment(name, start.Environment), start.WorkingFolder, terminal.Path);
            if (process is not null)
            {
                var now = time.GetUtcNow();
                var owned = new OwnedTerminal(new TerminalRecord
                {
                    Name = name,
                    Root = start.Root,
                    Folder = folder,
                    WorkingFolder = start.WorkingFolder,
                    Argv = argv,
                    IsCommand = start.Argv.Count > 0,
                    ProcessId = process.Id,
                    Size = size,
                    Started = now,
                    LastActivity = now,
                }, journal, terminal, process, retention, time, log);
                owned.Begin();
                return (owned, null);
            }

            error = $"The terminal {name} could not be started: {error}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error = $"The terminal's folder {folder} cannot be used: {e.Message}";
        }

        journal?.Dispose();
        terminal.Dispose();
        return (null, new KeeperFailure("start-failed", error));
    }

    /// <summary>Types something. Waits while the program does not take what was typed before.</summary>
    public async ValueTask TypeAsync(ReadOnlyMemory<byte> typed, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _lastActivity, _time.GetUtcNow().UtcTicks);
        try
        {
            await _typed.Writer.WriteAsync(typed.ToArray(), cancellationToken);
            _terminal.Ring();
        }
        catch (ChannelClosedException)
        {
            // It has ended; the client hears that by itself.
        }
    }

    /// <summary>Somebody looks at the terminal and has room for this much, or looks no more (null). The screen is as large as all viewers can show.</summary>
    public void View(Viewer viewer, TerminalSize? size)
    {
        lock (_viewers)
        {
            if (size is { } room) _viewers[viewer] = TerminalSize.Of(room.Rows, room.Columns);
            else _viewers.Remove(viewer);
            Fit();
        }
    }

    /// <summary>A client has gone, and all its viewers with it.</summary>
    public void Leave(object client)
    {
        lock (_viewers)
        {
            foreach (var viewer in _viewers.Keys.Where(viewer => viewer.Client == client).ToList()) _viewers.Remove(viewer);
            Fit();
        }
    }

    /// <summary>Ends the program: SIGHUP, as when a terminal is closed, and SIGKILL when it does not go.</summary>
    public async Task EndAsync(string reason)
    {
        _endReason = reason;
        foreach (var signal in (int[])[Native.SigHup, Native.SigKill])
        {
            if (_terminal.Foreground() is > 0 and var group && group != _process.Id) _ = Native.Kill(-group, signal);
            _process.Signal(signal);
            // What is stopped must go on to end.
            _process.Signal(Native.SigCont);
            if (await Task.WhenAny(_closed.Task, Task.Delay(StepPatience, _time)) == _closed.Task) return;
        }

        await _closed.Task;
    }

    private void Begin()
    {
        Append(new TerminalEvent(TerminalEvent.Started, Pid: _process.Id));
        AppendSize(_record.Size);
        Save();
        KeeperLog.TerminalStarted(_log, Id, _process.Id);
        _process.Exited.ContinueWith(_ => _terminal.Ring(), TaskScheduler.Default);
        new Thread(Carry, 256 << 10) { IsBackground = true, Name = $"terminal {Id}" }.Start();
    }

    private void Fit()
    {
        if (_viewers.Count == 0) return;
        var size = new TerminalSize(_viewers.Values.Min(each => each.Rows), _viewers.Values.Min(each => each.Columns));
        if (size == _record.Size) return;
        // Before the programs know: what they print for the new size comes after it.
        AppendSize(size);
        _terminal.Resize(size);
        Update(record => record with { Size = size });
        _terminal.Ring();
    }

    private void AppendSize(TerminalSize size)
    {
        Span<byte> payload = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(payload, (ushort)size.Rows);
        BinaryPrimitives.WriteUInt16LittleEndian(payload[2..], (ushort)size.Columns);
        lock (_journalGate)
        {
            if (!_ended) _journal.Append(TerminalRecordKind.Resize, payload);
        }
    }

    private void Append(TerminalEvent what)
    {
        lock (_journalGate) _journal.Append(TerminalRecordKind.Event, JsonSerializer.SerializeToUtf8Bytes(what, WireJson.Default.TerminalEvent));
    }

    private void SetNote(string? note) => Update(record => record with { Note = note });

    private void Update(Func<TerminalRecord, TerminalRecord> change)
    {
        lock (_recordGate)
        {
            var changed = change(_record);
            if (changed == _record) return;
            _record = changed with { Revision = _record.Revision + 1 };
        }

        Changed?.Invoke(this);
    }

    private void Save()
    {
        // The running terminal does not depend on it: a failure is said.
        if (!StateFile.TryWrite(TerminalFolder.FileIn(_record.Folder), Record, WireJson.Default.TerminalRecord, out var error)) KeeperLog.KernelFileNotWritten(_log, error);
    }
}

/// <summary>Somebody who looks at a terminal.</summary>
/// <param name="Client">The connection that it looks through.</param>
/// <param name="Name">The client's name for it.</param>
internal readonly record struct Viewer(object Client, string Name);
