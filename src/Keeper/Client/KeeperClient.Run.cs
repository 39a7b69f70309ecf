using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Wire;

namespace Holdfast.Keeper.Client;

/// <summary>Staying connected, and keeping the copy of what the keeper knows.</summary>
public sealed partial class KeeperClient
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan GreetingLimit = TimeSpan.FromSeconds(10);

    /// <summary>Opens both connections and takes over the keeper's list; null when connected.</summary>
    private async Task<KeeperFailure?> OpenAsync(CancellationToken cancellationToken)
    {
        var (requests, failure) = await FindKeeperAsync(cancellationToken);
        if (requests is null) return failure;
        _requests = new FrameConnection(requests);
        var (hello, refusal) = await GreetAsync(_requests, cancellationToken);
        if (hello is null)
        {
            Close();
            return refusal is null ? Unreachable : new KeeperFailure("refused", refusal);
        }

        if (hello.Protocol != Hello.CurrentProtocol)
        {
            Close();
            return new KeeperFailure("unreachable",
                $"The keeper that runs (process {hello.ProcessId}) speaks protocol {hello.Protocol}, this program {Hello.CurrentProtocol}. " +
                "Finish its kernels, end it with 'holdfast keeper stop' of the version that started it, and start again.");
        }

        KeeperProcessId = hello.ProcessId;
        KeeperStarted = hello.Started;
        TakeAge(hello);
        Take(hello);
        return null;
    }

    /// <summary>Nothing when the other end is silent, gone, or no keeper.</summary>
    private async Task<(Hello? Hello, string? Refusal)> GreetAsync(FrameConnection connection, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(GreetingLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            // A refusal can be read even when nothing can be written any more.
            await connection.WriteAsync(FrameType.Follow, 0, AlsoTerminals, default, either.Token);
            return await connection.ReadAsync(either.Token) switch
            {
                { Type: FrameType.Hello } frame => (JsonSerializer.Deserialize(frame.Payload.Span, WireJson.Default.Hello), null),
                { Type: FrameType.Refused } frame => (null, Encoding.UTF8.GetString(frame.Payload.Span)),
                _ => default,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidDataException || (e is OperationCanceledException && limit.IsCancellationRequested))
        {
            return default;
        }
    }

    /// <summary>Null when no keeper takes the connection in: what is written to one that is refused would be lost without a word.</summary>
    private async Task<FrameConnection?> OpenForMessagesAsync()
    {
        if (await KeeperStarter.TryConnectAsync(_home, _ending.Token) is not { } socket) return null;
        var connection = new FrameConnection(socket);
        if (await connection.WriteAsync(FrameType.Request, 0, Json(new Request(Operation.Hear)), default, _ending.Token) &&
            await connection.ReadAsync(_ending.Token) is { Type: FrameType.Reply })
        {
            return connection;
        }

        connection.Dispose();
        return null;
    }

    private async Task<(System.Net.Sockets.Socket? Socket, KeeperFailure? Failure)> FindKeeperAsync(CancellationToken cancellationToken)
    {
        if (_startsKeeper) return await KeeperStarter.ConnectAsync(_home, _time, cancellationToken);
        return (await KeeperStarter.TryConnectAsync(_home, cancellationToken), Unreachable);
    }

    private void Take(Hello hello)
    {
        _leaving.Clear();
        var listed = hello.Kernels.ToDictionary(kernel => kernel.Id, StringComparer.Ordinal);
        foreach (var kernel in Kernels.Where(kernel => !listed.ContainsKey(kernel.Id))) Drop(kernel);
        // A keeper that takes kernels up does not know how often the one before it counted: what it says now is the newest, whatever its revision.
        foreach (var kernel in listed.Values) Replace(kernel);
        TakeTerminals(hello.Terminals);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await ReadAsync();
            Close();
            foreach (var question in _pending.Values) question.Answer.TrySetResult(new Reply(null, Unreachable));
            try
            {
                // The first try is made at once: what kernels send while no keeper runs is not recorded.
                if (_ending.IsCancellationRequested || !_startsKeeper) return;
                while (await OpenAsync(_ending.Token) is not null) await Task.Delay(Retry, _time, _ending.Token);

                // Ended while it connected: whoever ended it has closed what was there before.
                if (_ending.IsCancellationRequested)
                {
                    Close();
                    return;
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            // Ended meanwhile, there is no connection any more.
            while (_requests is { } connection && await connection.ReadAsync(CancellationToken.None) is { } frame) Handle(frame);
        }
        catch (Exception e) when (e is InvalidDataException or JsonException)
        {
            // Not a keeper's words: closing and connecting again is the mend.
        }
    }

    private void Handle(in Frame frame)
    {
        var payload = frame.Payload.Span;
        switch (frame.Type)
        {
            case FrameType.Reply:
                var reply = JsonSerializer.Deserialize(payload, WireJson.Default.Reply)!;
                if (!_pending.TryGetValue(frame.Number, out var question)) break;
                // The one who asked must find the answer in Kernels too, not only when the news arrive. What is told of a kernel that is not listed is told of one that has ended.
                if (question.Op == Operation.Shutdown && reply is { Kernel: { } ended, Failure: null })
                {
                    if (Drop(ended)) _leaving[ended.Id] = ended.Started;
                }
                else if (reply.Kernel is { } known && (question.Op == Operation.Start || Find(known.Id) is not null)) Put(known);
                if (reply.Terminal is { Ended: null } terminal) Put(terminal);
                question.Answer.TrySetResult(reply);
                break;
            case FrameType.Changed:
                Put(JsonSerializer.Deserialize(payload, WireJson.Default.KernelRecord)!);
                break;
            case FrameType.Removed:
                var removed = JsonSerializer.Deserialize(payload, WireJson.Default.KernelRecord)!;
                _leaving.TryRemove(new(removed.Id, removed.Started));
                Drop(removed);
                break;
            case FrameType.Advanced:
                var id = Encoding.UTF8.GetString(payload[8..]);
                var visible = BinaryPrimitives.ReadInt64LittleEndian(payload);
                // An answer may have told of it already; then it is no new activity.
                if (_kernels.TryGetValue(id, out var kernel) && visible > kernel.Record.LastSequence) _kernels[id] = kernel with { Record = kernel.Record with { LastSequence = visible, LastActivity = _time.GetUtcNow() } };
                kernel?.Watch.Advance(visible);
                break;
            case FrameType.TerminalChanged:
                Put(JsonSerializer.Deserialize(payload, WireJson.Default.TerminalRecord)!);
                break;
            case FrameType.TerminalRemoved:
                Drop(JsonSerializer.Deserialize(payload, WireJson.Default.TerminalRecord)!);
                break;
            case FrameType.TerminalAdvanced:
                AdvanceTerminal(Encoding.UTF8.GetString(payload[8..]), BinaryPrimitives.ReadInt64LittleEndian(payload));
                break;
            case FrameType.Request or FrameType.Send or FrameType.Input or FrameType.Follow or FrameType.Hello or FrameType.Refused:
            default:
                throw new InvalidDataException($"A keeper does not send frames of type {frame.Type} here.");
        }
    }

    private void Put(KernelRecord kernel)
    {
        if (_leaving.TryGetValue(kernel.Id, out var left) && kernel.Started <= left) return;
        // An answer may have been overtaken by news.
        var known = Find(kernel.Id);
        if (known is not null && known.Revision > kernel.Revision) return;
        // How far its journal is may have been told meanwhile, and perhaps nothing more comes for long: who watches from now on would wait for what is there.
        Replace(known is null ? kernel : kernel with { LastSequence = Math.Max(known.LastSequence, kernel.LastSequence) });
    }

    private void Replace(KernelRecord kernel)
    {
        var known = new Known<KernelRecord>(kernel, _kernels.GetValueOrDefault(kernel.Id)?.Watch ?? new KernelWatch());
        _kernels[kernel.Id] = known;
        known.Watch.Advance(kernel.LastSequence);
        Changed?.Invoke(kernel);
    }

    /// <summary>Whether it was listed. Its end may be told after the start of another one of the same id.</summary>
    private bool Drop(KernelRecord kernel)
    {
        if (Find(kernel.Id) is not { } listed || listed.Started > kernel.Started || !_kernels.TryRemove(kernel.Id, out var known)) return false;
        CloseMessages(kernel.Id);
        known.Watch.Advance(kernel.LastSequence);
        known.Watch.End();
        Removed?.Invoke(kernel);
        return true;
    }

    private void Close()
    {
        Interlocked.Exchange(ref _requests, null)?.Dispose();
        foreach (var id in _messages.Keys) CloseMessages(id);
    }

    private void CloseMessages(string id)
    {
        if (_messages.TryRemove(id, out var opening) && opening is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result: { } connection } }) connection.Dispose();
    }
}
