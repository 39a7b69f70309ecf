using System.Text.Json;
using System.Threading.Channels;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Host;
using Holdfast.Keeper.Processes;
using Holdfast.Keeper.Wire;
using Holdfast.Kernels;
using Microsoft.Extensions.Logging;

namespace Holdfast.Keeper.Owned;

/// <summary>
/// One kernel: its process, the only connection to it, and its journal, of which this is the only writer. Split by phase: start and adopt,
/// receive, send, stop.
/// </summary>
internal sealed partial class OwnedKernel : IOwned
{
    /// <summary>Session name of the keeper's own requests; their replies are not recorded.</summary>
    private const string OwnSession = "holdfast-keeper";

    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly IReadOnlyList<string> _argv;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly bool _interruptByMessage;
    private readonly JournalWriter _journal;
    private readonly KernelConnection _connection;
    private readonly Channel<Outgoing> _outgoing = Channel.CreateBounded<Outgoing>(64);

    /// <summary>Start, restart and shutdown exclude each other.</summary>
    private readonly SemaphoreSlim _lifecycle = new(1, 1);
    private readonly Lock _journalGate = new();
    private readonly Lock _recordGate = new();
    private readonly Lock _saveGate = new();
    private readonly FloodPace _pace;
    private readonly Lock _holdGate = new();

    private KernelRecord _record;
    private KernelRun? _run;
    private long _lastActivity;
    private long _visible;
    private int _restartTries;
    private Task? _hold;
    private volatile string? _syncNote;

    /// <summary>What no keeper recorded: named before the first record that comes after it. Guarded by <see cref="_journalGate"/>.</summary>
    private KernelEvent? _gap;
    private volatile bool _closing;
    private bool _ended;

    private OwnedKernel(
        KernelFile file, IReadOnlyDictionary<string, string> environment, JournalWriter journal, ConnectionInfo connection, TimeProvider time, ILogger log, KernelEvent? gap = null)
    {
        (_time, _log, _argv, _environment, _interruptByMessage) = (time, log, file.Argv, environment, file.InterruptByMessage);
        (_journal, _record, _lastActivity, _visible) = (journal, file.Record, file.Record.LastActivity.UtcTicks, journal.VisibleSequence);
        (_pace, _gap) = (new FloodPace(time), gap);
        journal.SyncErrorChanged += OnSyncError;
        _connection = KernelConnection.Open(connection, this, time);
        _ = SendQueuedAsync();
    }

    /// <summary>The kernel's record has changed.</summary>
    public event Action<OwnedKernel>? Changed;

    /// <summary>More records are visible.</summary>
    public event Action<OwnedKernel>? Advanced;

    public string Id => _record.Id;

    OwnedFrames IOwned.Frames => new(FrameType.Changed, FrameType.Removed, FrameType.Advanced);

    public byte[] Describe() => JsonSerializer.SerializeToUtf8Bytes(Record, WireJson.Default.KernelRecord);

    /// <summary>The kernel as it stands now.</summary>
    public KernelRecord Record
    {
        get
        {
            lock (_recordGate)
            {
                return _record with
                {
                    LastActivity = new DateTimeOffset(Math.Max(Volatile.Read(ref _lastActivity), _record.LastActivity.UtcTicks), TimeSpan.Zero),
                    LastSequence = VisibleSequence,
                };
            }
        }
    }

    /// <summary>Number of the last record that readers can see.</summary>
    public long VisibleSequence => Volatile.Read(ref _visible);

    /// <summary>Replaces the sessions on the kernel.</summary>
    public KernelRecord SetSessions(IReadOnlyList<SessionTag> sessions)
    {
        Update(record => record with { Sessions = sessions, Documents = DocumentsOf(record.Root, sessions, record.Documents) });
        Save();
        return Record;
    }

    /// <summary>Records up to this number are whole in the notebook file.</summary>
    public KernelRecord Allow(long upTo)
    {
        upTo = Math.Min(upTo, VisibleSequence);
        if (upTo <= _record.WholeUpTo) return Record;
        Update(record => record with { WholeUpTo = Math.Max(record.WholeUpTo, upTo) });
        Save();
        return Record;
    }

    private static List<string> DocumentsOf(string root, IReadOnlyList<SessionTag> sessions, IReadOnlyList<string> before) =>
        [.. before.Union(sessions.Select(session => Path.GetFullPath(Path.Combine(root, session.Path.TrimStart('/')))))];

    private void Update(Func<KernelRecord, KernelRecord> change)
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
        // One at a time, and the newest last.
        lock (_saveGate)
        {
            var file = new KernelFile
            {
                Record = Record,
                Argv = _argv,
                InterruptByMessage = _interruptByMessage,
                StartTicks = _run?.Process.StartTicks ?? 0,
                Ended = _ended ? _time.GetUtcNow() : null,
            };
            // The running kernel does not depend on it: a failure costs only being found again, and is said.
            if (!file.TryWrite(out var error)) KeeperLog.KernelFileNotWritten(_log, error);
        }
    }

    private ValueTask RecordEventAsync(KernelEvent kernelEvent)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(kernelEvent, WireJson.Default.KernelEvent);
        lock (_journalGate)
        {
            NameGap();
            _journal.Append(RecordKind.Event, bytes);
        }

        return FlushAsync();
    }

    /// <summary>Whoever appends first after a gap names it. The journal's gate is held.</summary>
    private void NameGap()
    {
        if (_gap is not { } gap) return;
        _gap = null;
        _journal.Append(RecordKind.Event, JsonSerializer.SerializeToUtf8Bytes(gap with { Until = _time.GetUtcNow() }, WireJson.Default.KernelEvent));
    }

    /// <summary>One process of the kernel, from its start to its end.</summary>
    private sealed class KernelRun(ChildProcess process, string consolePath, long consoleStart)
    {
        public ChildProcess Process { get; } = process;

        /// <summary>True once the kernel has answered and its broadcasts arrive; false when it ended before.</summary>
        public TaskCompletionSource<bool> Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenSource Ended { get; } = new();

        public bool Broadcasts { get; set; }

        /// <summary>How many of the keeper's own questions it has answered.</summary>
        public int Answers { get; set; }

        /// <summary>Whether the kernel has said busy or idle about somebody's request.</summary>
        public bool StateSeen { get; set; }

        /// <summary>Whether the main shell works on something.</summary>
        public bool IsMainBusy { private get; set; }

        /// <summary>Requests that subshells work on, by their ids.</summary>
        private readonly HashSet<string> _subshellWork = new(StringComparer.Ordinal);

        /// <summary>Whether a status is the kernel's: subshells work beside the main shell, and the idle of one is the kernel's only when nothing else works.</summary>
        public bool NoteWork(in MessageHeader parent, string state)
        {
            if (parent.Subshell.Length == 0) IsMainBusy = state == "busy";
            else if (state == "busy") _subshellWork.Add(parent.MessageId);
            else _subshellWork.Remove(parent.MessageId);
            return state == "busy" || (!IsMainBusy && _subshellWork.Count == 0);
        }

        /// <summary>A timestamp of the clock that is never set back.</summary>
        public long? ReadySince { get; set; }

        /// <summary>What the last 4 KiB that the process wrote past the protocol tell.</summary>
        public string LastWords()
        {
            try
            {
                using var console = new FileStream(consolePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                console.Position = Math.Max(consoleStart, console.Length - 4096);
                return ConsoleText.Telling(new StreamReader(console).ReadToEnd());
            }
            catch (IOException)
            {
                return "";
            }
        }
    }

    /// <summary>A recorded message on its way to the kernel.</summary>
    private readonly record struct Outgoing(byte[] Message, KernelRun? Run);
}
