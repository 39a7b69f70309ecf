using System.Buffers;
using System.Buffers.Binary;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Kernels;
using Holdfast.Lab.Http.WebSockets;

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
            await SendStatusAsync(TrueState());
            var seen = 0L;
            while (seen >= 0)
            {
                await SendRecordsAsync();
                await _socket.FlushAsync();
                seen = await WaitAsync(Math.Max(seen, _reader.NextSequence - 1));
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

    /// <summary>The page has asked for something: what comes next is waited for.</summary>
    public void Expect() => Volatile.Write(ref _promptSends, PromptSends);

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
        var seen = await _watch.WaitAsync(sequence, _socket.Ended);
        if (_services.Time.GetElapsedTime(began) >= FloodPause)
            Expect();
        else if (Interlocked.Decrement(ref _promptSends) < 0 && seen >= 0)
            await Task.Delay(FloodPause, _services.Time, _socket.Ended);
        return seen;
    }

    /// <summary>To JupyterLab "restarting" means that the kernel died just now, and it connects again for every time it hears it.</summary>
    private string TrueState() => _services.Keeper.Find(_kernel.Id)?.ExecutionState switch
    {
        null => "dead",
        "restarting" => "starting",
        var state => state,
    };

    private async ValueTask SendRecordsAsync()
    {
        while (_reader.TryRead(out var record))
        {
            if (record.Kind == RecordKind.FromKernel && IsForPage(record.Payload))
                await SendAsync(record.Payload, record.Sequence);
            else if (record.Kind == RecordKind.Event && record.Sequence > _end && KernelStatus.Of(record.Payload.Span) is { } state)
                await SendStatusAsync(state);
            // Only after its frame is written: a ping that overtakes must not claim it.
            Volatile.Write(ref _sent, record.Sequence);
            if (Interlocked.Exchange(ref _asking, 1) == 0)
                _ask.Change(AskDelay, Timeout.InfiniteTimeSpan);
        }
    }

    private bool IsForPage(ReadOnlyMemory<byte> payload)
    {
        if (IsIOPub(payload.Span))
            return true;
        return WebSocketV1.TryRead(payload, out _, out var message, out _)
            && MessageHeader.TryParse(message.ParentHeader.Span, out var parent)
            && _page.Audience.Requests.Owns(parent.MessageId, parent.Session, _page.SessionId);
    }

    /// <summary>Looks at the channel without reading the rest: nearly all records are iopub's.</summary>
    private static bool IsIOPub(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < 24)
            return false;
        var start = BinaryPrimitives.ReadUInt64LittleEndian(payload[8..]);
        var end = BinaryPrimitives.ReadUInt64LittleEndian(payload[16..]);
        return end <= (ulong)payload.Length && start <= end && payload[(int)start..(int)end].SequenceEqual("iopub"u8);
    }

    private ValueTask SendStatusAsync(string state)
    {
        var session = KernelStatus.SessionAt(_kernel.JournalFolder, _reader.NextSequence - 1);
        return SendAsync(KernelStatus.Create(state, session, _services.Time.GetUtcNow()), _reader.NextSequence - 1);
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> payload, long sequence)
    {
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
