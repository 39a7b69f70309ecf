using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;
using Holdfast.Lab.Http.WebSockets;
using Holdfast.Lab.Recording;

namespace Holdfast.Lab.Kernels.Channels;

/// <summary>
/// From a kernel's journal to one page. Its whole state is a number: a page that is slow reads later and holds up nobody. Pings carry the
/// number of the last record sent, and the pong says that the page has it.
/// </summary>
internal sealed class PageFeed : IDisposable
{
    /// <summary>How soon after a record was sent the page is asked whether it has it.</summary>
    private static readonly TimeSpan AskDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How many times records are sent the moment they come, counted from the page's last request or the last pause in between: enough for
    /// any dialogue. After that there is a flood, and what comes within <see cref="FloodPause"/> is sent at once.
    /// </summary>
    private const int PromptSends = 32;
    private static readonly TimeSpan FloodPause = TimeSpan.FromMilliseconds(10);

    /// <summary>How long lines that were left out wait to be shown when nothing else comes.</summary>
    private static readonly TimeSpan ShowPause = TimeSpan.FromSeconds(1);

    /// <summary>How many questions for widgets wait at most; the oldest are forgotten.</summary>
    private const int MostQuestions = 16;

    private readonly KernelRecord _kernel;
    private readonly KernelPage _page;
    private readonly ServerSocket _socket;
    private readonly ChannelServices _services;
    private readonly KernelWatch _watch;
    private readonly JournalReader _reader;
    private readonly ITimer _ask;
    private readonly long _end;
    private ArrayBufferWriter<byte> _legacy = new();
    private long _sent;
    private long _acknowledged;
    private int _asking;
    private int _promptSends = PromptSends;
    private readonly StreamLimit _limit;
    private readonly Dictionary<string, long> _folded = new(StringComparer.Ordinal);
    private TaskCompletionSource _woken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<long>? _moving;
    private FoldRequest? _wanted;
    private string? _notebook;
    private readonly ConcurrentQueue<WidgetQuestion> _questions = new();
    private string? _kernelSession;
    /// <summary>The kernel's state as the page knows it; null as long as it was told none.</summary>
    private string? _state;

    public PageFeed(KernelRecord kernel, KernelPage page, ServerSocket socket, ChannelServices services)
    {
        (_kernel, _page, _socket, _services) = (kernel, page, socket, services);
        _watch = services.Keeper.Watch(kernel.Id);
        _reader = JournalReader.Open(kernel.JournalFolder);
        // Everything up to here is past; a page that was never here starts live.
        _end = Math.Max(_watch.Visible, kernel.LastSequence);
        _sent = _acknowledged = Math.Min(_end, services.Positions.Find(kernel.Id, page.SessionId) ?? _end);
        _reader.Seek(_sent + 1);
        _ask = services.Time.CreateTimer(_ => _ = PingFromTimerAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _socket.OnPong = Acknowledge;
        _limit = new StreamLimit(services.Time);
        services.Positions.Note(kernel.Id, page.SessionId, _sent);
        KernelsLog.PageConnected(services.Log, kernel.Id, _sent + 1);
    }

    /// <summary>Sends records until the socket ends or the kernel is gone.</summary>
    public async Task RunAsync()
    {
        try
        {
            await SendRecordsAsync();
            await _socket.FlushAsync();
            // The file may be ahead of what the keeper has told: a busy that is over must not be said after its idle.
            await _watch.WaitAsync(_reader.NextSequence - 2, _socket.Ended);
            await SendStatusAsync(TrueState());
            var seen = 0L;
            while (seen >= 0)
            {
                await SendRecordsAsync();
                await _socket.FlushAsync();
                seen = await WaitAsync(Math.Max(seen, _reader.NextSequence - 1));
                if (_limit.Next(KernelSession(), default) is { } shown)
                    await SendAsync(shown, _reader.NextSequence - 1);
            }
            await SendRecordsAsync();
            await _socket.CloseAsync(CloseCode.Normal, "The kernel was shut down.");
        }
        catch (Exception exception) when (ServerSocket.IsEnd(exception))
        {
            // The page has gone; its place is kept.
            _socket.Abort();
        }
        catch (Exception exception)
        {
            // A page that hears nothing any more would look alive: it must come back instead.
            KernelsLog.FeedFailed(_services.Log, _kernel.Id, _reader.NextSequence, exception);
            await _socket.CloseAsync(CloseCode.InternalError, "The kernel's journal cannot be read; the lab's log says why.");
        }
    }

    /// <summary>How many records there are that the page has not been sent.</summary>
    public long Lag => Math.Max(0, _watch.Visible - Volatile.Read(ref _sent));

    /// <summary>The page has asked for something: what comes next is waited for.</summary>
    public void Expect() => Volatile.Write(ref _promptSends, PromptSends);

    /// <summary>The page wants the record of a notebook.</summary>
    public void AskFold(FoldRequest request)
    {
        Volatile.Write(ref _wanted, request);
        Volatile.Read(ref _woken).TrySetResult();
    }

    /// <summary>The page wants the kernel's widgets.</summary>
    public void AskWidgets(WidgetQuestion question)
    {
        _questions.Enqueue(question);
        if (_questions.Count > MostQuestions)
            _questions.TryDequeue(out _);
        Volatile.Read(ref _woken).TrySetResult();
    }

    /// <summary>Asks the page to acknowledge what it was sent.</summary>
    public ValueTask PingAsync()
    {
        var number = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, Volatile.Read(ref _sent));
        return _socket.PingAsync(number);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _ask.Dispose();
        _reader.Dispose();
    }

    private async ValueTask<long> WaitAsync(long sequence)
    {
        var began = _services.Time.GetTimestamp();
        var seen = await MovedAsync(sequence);
        if (_services.Time.GetElapsedTime(began) >= FloodPause)
            Expect();
        else if (Interlocked.Decrement(ref _promptSends) < 0 && seen >= 0)
            await Task.Delay(FloodPause, _services.Time, _socket.Ended);
        return seen;
    }

    /// <summary>Waits for records, for a wish of the page, or until lines that were left out are to be shown.</summary>
    private async ValueTask<long> MovedAsync(long sequence)
    {
        _moving ??= _watch.WaitAsync(sequence, _socket.Ended).AsTask();
        if (_limit.IsBehind)
            await Task.WhenAny(_moving, _woken.Task, Task.Delay(ShowPause, _services.Time, _socket.Ended));
        else
            await Task.WhenAny(_moving, _woken.Task);
        if (!_moving.IsCompleted)
            return sequence;
        var moved = _moving;
        _moving = null;
        return await moved;
    }

    private string TrueState() => StateToSay(_services.Keeper.Find(_kernel.Id)?.ExecutionState ?? "dead");

    /// <summary>To JupyterLab "restarting" means that the kernel died just now, and it connects again for every time it hears it.</summary>
    private static string StateToSay(string state) => state == "restarting" ? "starting" : state;

    private async ValueTask SendRecordsAsync()
    {
        while (true)
        {
            await SendFoldAsync();
            if (!_reader.TryRead(out var record))
                break;
            if (record.Kind == RecordKind.FromKernel && IsForPage(record.Payload))
                await SendRecordAsync(record);
            else if (record.Kind == RecordKind.ToKernel && _notebook is not null && IsAnswerOfOthers(record.Payload))
                // The prompt that the page may show has gone.
                Interlocked.CompareExchange(ref _wanted, new FoldRequest(_notebook, record.Sequence - 1), null);
            else if (record.Kind == RecordKind.Event && record.Sequence > _end && KernelStatus.Of(record.Payload.Span) is { } state)
                await SendStatusAsync(state);
            if (record.Kind == RecordKind.Event)
                _kernelSession = null;
            // Only after its frame is written: a ping that overtakes must not claim it.
            Volatile.Write(ref _sent, record.Sequence);
            if (Interlocked.Exchange(ref _asking, 1) == 0)
                _ask.Change(AskDelay, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The record of a notebook goes between the messages: what it holds is not sent besides.</summary>
    private async ValueTask SendFoldAsync()
    {
        // Before the wish is taken: one that comes in between wakes the next wait.
        if (_woken.Task.IsCompleted)
            Volatile.Write(ref _woken, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        while (_questions.TryDequeue(out var question))
            await SendWidgetsAsync(question);
        if (Interlocked.Exchange(ref _wanted, null) is not { } wanted)
            return;
        _notebook = wanted.Path;
        var fold = _services.Recorder.FoldFor(_kernel.Id, wanted);
        foreach (var (request, bytes) in fold.Requests)
        {
            _folded[request] = fold.Number;
            _limit.Shown(request, bytes);
        }
        await SendOwnAsync(KernelChannel.IOPub, "holdfast_fold", "{}"u8.ToArray(), fold.Content, []);
    }

    private async ValueTask SendWidgetsAsync(WidgetQuestion question)
    {
        if (question.Comm is not null)
        {
            if (_services.Recorder.WidgetsFor(_kernel.Id, question.Comm) is { } widgets)
                await SendOwnAsync(KernelChannel.IOPub, "comm_msg", question.Header, widgets.Content, widgets.Buffers);
            return;
        }
        await SendOwnAsync(KernelChannel.Shell, "comm_info_reply", question.Header, _services.Recorder.WidgetIdsFor(_kernel.Id), []);
        // JupyterLab takes a reply as given when its idle has come too. After that it is told that a cell runs, or what it knew: the keeper's word
        // may be behind the records that it was sent, and a busy that is over would stay.
        await SendOwnAsync(KernelChannel.IOPub, "status", question.Header, "{\"execution_state\": \"idle\"}"u8.ToArray(), []);
        if (_services.Recorder.RunsCell(_kernel.Id))
            await SendStatusAsync("busy");
        else if (_state is not null)
            await SendStatusAsync(StateToSay(_state));
    }

    /// <summary>Sends a message of the lab's own.</summary>
    private ValueTask SendOwnAsync(KernelChannel channel, string type, ReadOnlyMemory<byte> parent, ReadOnlyMemory<byte> content, IReadOnlyList<ReadOnlyMemory<byte>> buffers)
    {
        var message = new KernelMessage(
            MessageHeader.Create(type, KernelSession(), "holdfast", _services.Time.GetUtcNow(), out _), parent, "{}"u8.ToArray(), content, buffers);
        var bytes = new byte[WebSocketV1.Measure(channel, message)];
        WebSocketV1.Write(channel, message, bytes);
        return SendAsync(bytes, _reader.NextSequence - 1);
    }

    private async ValueTask SendRecordAsync(JournalRecord record)
    {
        if (IsOn(record.Payload.Span, "iopub"u8) && WebSocketV1.TryRead(record.Payload, out _, out var message, out _))
        {
            if (IsFolded(record.Sequence, message) || !_limit.Takes(message))
                return;
            _state = KernelStatus.Of(message) ?? _state;
            while (_limit.IsBehind && _limit.Next(KernelSession(), IsIdle(message) ? message.ParentHeader.Span : default) is { } shown)
                await SendAsync(shown, record.Sequence);
        }
        await SendAsync(record.Payload, record.Sequence);
    }

    private bool IsFolded(long sequence, in KernelMessage message) =>
        _folded.Count > 0
        && MessageHeader.TryParse(message.ParentHeader.Span, out var parent) && _folded.TryGetValue(parent.MessageId, out var number) && sequence <= number
        && MessageHeader.TryParse(message.Header.Span, out var header)
        && header.MessageType is "stream" or "display_data" or "update_display_data" or "execute_result" or "error" or "clear_output";

    private static bool IsIdle(in KernelMessage message) => message.Content.Span.IndexOf("\"idle\""u8) >= 0;

    /// <summary>JupyterLab drops what it has not handled yet when a message of another session comes: the lab speaks with the kernel's.</summary>
    private string KernelSession() => _kernelSession ??= KernelStatus.SessionAt(_kernel.JournalFolder, _reader.NextSequence - 1);

    private bool IsForPage(ReadOnlyMemory<byte> payload)
    {
        if (IsOn(payload.Span, "iopub"u8))
            return true;
        return WebSocketV1.TryRead(payload, out _, out var message, out _)
            && MessageHeader.TryParse(message.ParentHeader.Span, out var parent)
            && (_page.Audience.Requests.Owns(parent.MessageId, parent.Session, _page.SessionId)
                // Who shows a cell that another page has run is asked too: that page may have gone.
                || _folded.ContainsKey(parent.MessageId) && IsOn(payload.Span, "stdin"u8));
    }

    private bool IsAnswerOfOthers(ReadOnlyMemory<byte> payload) =>
        IsOn(payload.Span, "stdin"u8) && WebSocketV1.TryRead(payload, out _, out var message, out _)
        && MessageHeader.TryParse(message.Header.Span, out var header) && header.Session != _page.SessionId;

    /// <summary>Looks at the channel without reading the rest: nearly all records are iopub's.</summary>
    private static bool IsOn(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> channel)
    {
        if (payload.Length < 24)
            return false;
        var start = BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]);
        var end = BinaryPrimitives.ReadUInt64LittleEndian(payload[16..]);
        return end <= (ulong)payload.Length && start <= end && payload[(int)start..(int)end].SequenceEqual(channel);
    }

    private ValueTask SendStatusAsync(string state)
    {
        _state = state;
        var session = KernelStatus.SessionAt(_kernel.JournalFolder, _reader.NextSequence - 1);
        return SendAsync(KernelStatus.Create(state, session, _services.Time.GetUtcNow()), _reader.NextSequence - 1);
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> payload, long sequence)
    {
        _services.Traffic.Sent(payload.Length);
        if (!_page.IsLegacy)
            return _socket.SendAsync(isText: false, payload, flush: false);
        if (!WebSocketV1.TryRead(payload, out var channel, out var message, out var reason))
        {
            KernelsLog.RecordNotShown(_services.Log, _kernel.Id, sequence, reason);
            return ValueTask.CompletedTask;
        }
        if (_legacy.Capacity > 1 << 20)
            _legacy = new ArrayBufferWriter<byte>();
        _legacy.ResetWrittenCount();
        var isText = WebSocketLegacy.Write(channel, message, _legacy);
        return _socket.SendAsync(isText, _legacy.WrittenMemory, flush: false);
    }

    private void Acknowledge(ReadOnlyMemory<byte> pong)
    {
        if (pong.Length != sizeof(long))
            return;
        var number = BinaryPrimitives.ReadInt64BigEndian(pong.Span);
        if (number <= _acknowledged || number > Volatile.Read(ref _sent))
            return;
        _acknowledged = number;
        _services.Positions.Note(_kernel.Id, _page.SessionId, number);
    }

    private async Task PingFromTimerAsync()
    {
        Volatile.Write(ref _asking, 0);
        try
        {
            await PingAsync();
        }
        catch (Exception exception) when (ServerSocket.IsEnd(exception))
        {
            // The page has gone.
        }
    }
}
