using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Http.WebSockets;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Terminals;

/// <summary>
/// From a terminal's journal to one page: first the screen as it is, then what is printed. Its whole state is a place in the journal. A page that is
/// far behind gets the screen as it is now instead of what it would scroll through: that is all it can show, and the journal has the rest.
/// </summary>
internal sealed class TerminalFeed(TerminalRecord terminal, KeeperClient keeper, LiveScreen screen, ServerSocket socket, TimeProvider time, ILogger<TerminalFeed> log)
{
    /// <summary>How long a page has to say its size; one that comes back does not say it.</summary>
    private static readonly TimeSpan SizePatience = TimeSpan.FromMilliseconds(500);

    /// <summary>A page that is further behind jumps. About what a scrollback of long lines holds.</summary>
    private const long FarBehind = 2 << 20;

    /// <summary>At most so many bytes go to a page in <see cref="Pace"/>: xterm.js would queue them, and throw away what is too much.</summary>
    private const long MostInPace = 1 << 20;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);
    private const int MostInMessage = 32 << 10;

    /// <summary>As many times what comes is sent at once, counted from what was last typed or the last pause; then it is gathered for <see cref="Gathering"/>.</summary>
    private const int PromptSends = 32;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly KernelWatch _watch = keeper.WatchTerminal(terminal.Name);
    private readonly TaskCompletionSource<TerminalSize?> _sized = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ArrayBufferWriter<byte> _message = new(MostInMessage);
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly char[] _characters = new char[MostInMessage + 2];
    private readonly byte[] _gathered = new byte[MostInMessage];
    private int _gatheredBytes;
    private int _pageRows;
    private int _promptSends = PromptSends;
    private long _bytes;
    private long _paceBytes;
    private long _paceSince;

    /// <summary>Something was typed: what comes next is waited for.</summary>
    public void Expect() => Volatile.Write(ref _promptSends, PromptSends);

    /// <summary>The page has said its size, and the terminal has this one now (null when the page's does not count).</summary>
    public void Sized(TerminalSize page, TerminalSize? fitted)
    {
        _pageRows = page.Rows;
        _sized.TrySetResult(fitted);
    }

    /// <summary>Feeds the page until it goes or the terminal ends.</summary>
    public async Task RunAsync()
    {
        try
        {
            using var reader = JournalReader.Open(terminal.JournalFolder);
            await socket.SendAsync(isText: true, "[\"setup\", {}]"u8.ToArray(), flush: true);
            await ReadyAsync();
            await JumpAsync(reader);
            long seen;
            do
            {
                await SendRecordsAsync(reader);
                seen = await WaitAsync(reader.NextSequence - 1);
            }
            while (seen >= 0);
            await SendRecordsAsync(reader);
            await EndAsync();
        }
        catch (Exception exception) when (ServerSocket.IsEnd(exception))
        {
            // The page has gone.
            socket.Abort();
        }
        catch (Exception exception)
        {
            TerminalsLog.FeedFailed(log, terminal.Name, exception);
            await socket.CloseAsync(CloseCode.InternalError, "The terminal's journal cannot be read; the lab's log says why.");
        }
    }

    /// <summary>The screen must have come up to the end, and have the size that the page has made it.</summary>
    private async Task ReadyAsync()
    {
        await screen.Current.WaitAsync(socket.Ended);
        var began = time.GetTimestamp();
        await Task.WhenAny(_sized.Task, Task.Delay(SizePatience, time, socket.Ended));
        if (!_sized.Task.IsCompleted || await _sized.Task is not { } size)
            return;
        while (screen.Size != size && time.GetElapsedTime(began) < SizePatience)
            await Task.Delay(Gathering, time, socket.Ended);
    }

    /// <summary>Sends the screen as it is now, and goes on behind it.</summary>
    private async Task JumpAsync(JournalReader reader)
    {
        var moment = screen.Take(_pageRows);
        _gatheredBytes = 0;
        _decoder.Reset();
        for (var rest = moment.Snapshot; !rest.IsEmpty; rest = rest[Math.Min(rest.Length, MostInMessage)..])
            await SendTextAsync(rest[..Math.Min(rest.Length, MostInMessage)]);
        await socket.FlushAsync();
        if (moment.Place is { } place)
        {
            reader.Seek(place);
            reader.TryRead(out _);
        }
        if (reader.NextSequence != moment.Sequence + 1)
            reader.Seek(moment.Sequence + 1);
        _bytes = moment.Bytes;
        (_paceBytes, _paceSince) = (moment.Snapshot.Length, time.GetTimestamp());
    }

    private async Task SendRecordsAsync(JournalReader reader)
    {
        while (reader.TryRead(out var record))
        {
            if (record.Kind != TerminalRecordKind.Output)
                continue;
            _bytes += record.Payload.Length;
            _paceBytes += record.Payload.Length;
            for (var rest = record.Payload; !rest.IsEmpty;)
            {
                var taken = Math.Min(rest.Length, MostInMessage - _gatheredBytes);
                rest[..taken].CopyTo(_gathered.AsMemory(_gatheredBytes));
                _gatheredBytes += taken;
                rest = rest[taken..];
                if (_gatheredBytes == MostInMessage)
                    await SendGatheredAsync();
            }
            if (_paceBytes < MostInPace)
                continue;
            await SendGatheredAsync();
            await socket.FlushAsync();
            if (Pace - time.GetElapsedTime(_paceSince) is var left && left > TimeSpan.Zero)
                await Task.Delay(left, time, socket.Ended);
            (_paceBytes, _paceSince) = (0, time.GetTimestamp());
            if (screen.Bytes - _bytes > FarBehind)
                await JumpAsync(reader);
        }
        await SendGatheredAsync();
        await socket.FlushAsync();
    }

    private async ValueTask<long> WaitAsync(long sequence)
    {
        var began = time.GetTimestamp();
        var seen = await _watch.WaitAsync(sequence, socket.Ended);
        if (time.GetElapsedTime(began) >= Gathering)
            Expect();
        else if (Interlocked.Decrement(ref _promptSends) < 0 && seen >= 0)
            await Task.Delay(Gathering, time, socket.Ended);
        return seen;
    }

    private async ValueTask SendGatheredAsync()
    {
        if (_gatheredBytes == 0)
            return;
        var length = _gatheredBytes;
        _gatheredBytes = 0;
        await SendTextAsync(_gathered.AsMemory(0, length));
    }

    /// <summary>Sends bytes as text; a character that they end in the middle of goes with the next ones.</summary>
    private ValueTask SendTextAsync(ReadOnlyMemory<byte> bytes)
    {
        var count = _decoder.GetChars(bytes.Span, _characters, flush: false);
        if (count == 0)
            return ValueTask.CompletedTask;
        _message.ResetWrittenCount();
        using (var json = new Utf8JsonWriter(_message, Relaxed))
        {
            json.WriteStartArray();
            json.WriteStringValue("stdout"u8);
            json.WriteStringValue(_characters.AsSpan(0, count));
            json.WriteEndArray();
        }
        return socket.SendAsync(isText: true, _message.WrittenMemory, flush: false);
    }

    /// <summary>The program has ended: the page's tab closes. When it was lost with its keeper, the tab stays and says so.</summary>
    private async Task EndAsync()
    {
        if (TerminalArchive.Find(keeper.Home, terminal.Name) is { Ended: not null, ExitCode: null, Note: { } note } record && record.Started == terminal.Started)
            await SendTextAsync(Encoding.UTF8.GetBytes($"\x18\e[m\e[?1049l\r\n\r\n[{note}]\r\n"));
        else
            await socket.SendAsync(isText: true, "[\"disconnect\", 1]"u8.ToArray(), flush: true);
        await socket.FlushAsync();
        await socket.CloseAsync(CloseCode.Normal, "The terminal has ended.");
    }
}
