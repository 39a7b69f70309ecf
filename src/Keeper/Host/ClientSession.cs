using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Terminals;
using Holdfast.Keeper.Wire;
using Microsoft.Extensions.Logging;

namespace Holdfast.Keeper.Host;

/// <summary>
/// One connected client. What it must be told is kept as the set of kernels and terminals that changed, not as a queue: a slow client hears the newest
/// state later, and the keeper's memory does not grow.
/// </summary>
internal sealed class ClientSession
{
    private readonly FrameConnection _connection;
    private readonly KernelTable _table;
    private readonly TerminalTable _terminals;
    private readonly Func<KeeperMeasures> _measure;
    private readonly Func<Task> _stop;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _somethingToSay = new(0, 1);
    private readonly Dictionary<IOwned, News> _news = [];

    public ClientSession(FrameConnection connection, KernelTable table, TerminalTable terminals, Func<KeeperMeasures> measure, Func<Task> stop, ILogger log)
    {
        (_connection, _table, _terminals, _measure, _stop, _log) = (connection, table, terminals, measure, stop, log);
    }

    [Flags]
    private enum News
    {
        Advanced = 1,
        Changed = 2,
        Removed = 4,
    }

    public async Task RunAsync(Func<Hello> hello, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await ListenAsync(hello, ended.Token);
        }
        catch (OperationCanceledException)
        {
            // The keeper ends.
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            KeeperLog.ClientClosed(_log, e.Message);
        }
        finally
        {
            await ended.CancelAsync();
            _table.Changed -= OnChanged;
            _table.Advanced -= OnAdvanced;
            _table.Removed -= OnRemoved;
            _terminals.Changed -= OnChanged;
            _terminals.Advanced -= OnAdvanced;
            _terminals.Removed -= OnRemoved;
            _terminals.Leave(this);
            _connection.Dispose();
        }
    }

    private async Task ListenAsync(Func<Hello> hello, CancellationToken cancellationToken)
    {
        while (await _connection.ReadAsync(cancellationToken) is { } frame)
        {
            switch (frame.Type)
            {
                case FrameType.Follow:
                    // The order matters: what changes after the hello was made must not be missed.
                    _table.Changed += OnChanged;
                    _table.Advanced += OnAdvanced;
                    _table.Removed += OnRemoved;
                    if (!frame.Payload.IsEmpty)
                    {
                        _terminals.Changed += OnChanged;
                        _terminals.Advanced += OnAdvanced;
                        _terminals.Removed += OnRemoved;
                    }

                    await _connection.WriteAsync(FrameType.Hello, 0, JsonSerializer.SerializeToUtf8Bytes(hello(), WireJson.Default.Hello), default, cancellationToken);
                    _ = SayAsync(cancellationToken);
                    break;
                case FrameType.Request:
                    var request = JsonSerializer.Deserialize(frame.Payload.Span, WireJson.Default.Request) ?? throw new InvalidDataException("An empty request.");
                    _ = AnswerAsync(frame.Number, request, cancellationToken);
                    break;
                case FrameType.Send:
                    var (id, message) = Addressed(frame);
                    // A kernel that is gone: the client hears that from Removed.
                    if (_table.Find(id) is { } kernel) await kernel.SendAsync(message, cancellationToken);
                    break;
                case FrameType.Input:
                    var (name, typed) = Addressed(frame);
                    if (_terminals.Find(name) is { } terminal) await terminal.TypeAsync(typed, cancellationToken);
                    break;
                default:
                    throw new InvalidDataException($"A client does not send frames of type {frame.Type}.");
            }
        }
    }

    private static (string Id, ReadOnlyMemory<byte> Content) Addressed(in Frame frame)
    {
        var length = frame.Payload.IsEmpty ? 0 : frame.Payload.Span[0];
        if (frame.Payload.Length < 1 + length) throw new InvalidDataException("A message that does not say what for.");
        return (Encoding.UTF8.GetString(frame.Payload.Span.Slice(1, length)), frame.Payload[(1 + length)..]);
    }

    private async Task AnswerAsync(uint number, Request request, CancellationToken cancellationToken)
    {
        try
        {
            if (request.Op == Operation.Stop)
            {
                await _stop();
                return;
            }

            var reply = request.Op == Operation.Measure ? new Reply(null, null, Measures: _measure())
                : request.Op >= Operation.StartTerminal ? await _terminals.HandleAsync(request, this) : await _table.HandleAsync(request, cancellationToken);
            await _connection.WriteAsync(FrameType.Reply, number, JsonSerializer.SerializeToUtf8Bytes(reply, WireJson.Default.Reply), default, CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            // Nobody waits for the answer any more.
        }
        catch (Exception e)
        {
            // The one edge where a broken promise meets a client: it is logged, and the client must not wait for ever.
            KeeperLog.Unforeseen(_log, e);
            var reply = new Reply(null, new KeeperFailure("unforeseen", $"The keeper failed: {e.Message} Its log says more."));
            await _connection.WriteAsync(FrameType.Reply, number, JsonSerializer.SerializeToUtf8Bytes(reply, WireJson.Default.Reply), default, CancellationToken.None);
        }
    }

    private void OnChanged(IOwned owned) => Note(owned, News.Changed);

    private void OnAdvanced(IOwned owned) => Note(owned, News.Advanced);

    private void OnRemoved(IOwned owned) => Note(owned, News.Removed);

    private void Note(IOwned owned, News news)
    {
        lock (_gate)
        {
            _news[owned] = _news.GetValueOrDefault(owned) | news;
            if (_somethingToSay.CurrentCount == 0) _somethingToSay.Release();
        }
    }

    private async Task SayAsync(CancellationToken cancellationToken)
    {
        var batch = new List<KeyValuePair<IOwned, News>>();
        var advanced = new byte[8 + 64];
        try
        {
            while (true)
            {
                await _somethingToSay.WaitAsync(cancellationToken);
                lock (_gate)
                {
                    batch.AddRange(_news);
                    _news.Clear();
                }

                foreach (var (owned, news) in batch)
                {
                    if (news.HasFlag(News.Removed) || news.HasFlag(News.Changed))
                    {
                        var type = news.HasFlag(News.Removed) ? owned.Frames.Removed : owned.Frames.Changed;
                        await _connection.WriteAsync(type, 0, owned.Describe(), default, CancellationToken.None);
                    }
                    else
                    {
                        BinaryPrimitives.WriteInt64LittleEndian(advanced, owned.VisibleSequence);
                        var length = Encoding.UTF8.GetBytes(owned.Id, advanced.AsSpan(8));
                        await _connection.WriteAsync(owned.Frames.Advanced, 0, advanced.AsMemory(0, 8 + length), default, CancellationToken.None);
                    }
                }

                batch.Clear();
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone.
        }
    }
}
