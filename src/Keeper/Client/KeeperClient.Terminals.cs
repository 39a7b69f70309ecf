using System.Collections.Concurrent;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Wire;

namespace Holdfast.Keeper.Client;

/// <summary>Terminals.</summary>
public sealed partial class KeeperClient
{
    /// <summary>What a client says that wants to hear of terminals, too.</summary>
    private static readonly byte[] AlsoTerminals = [1];

    private readonly ConcurrentDictionary<string, Known<TerminalRecord>> _terminals = new(StringComparer.Ordinal);

    /// <summary>When the last one of each name was started that has ended: news of it may arrive after its end.</summary>
    private readonly ConcurrentDictionary<string, DateTimeOffset> _endedTerminals = new(StringComparer.Ordinal);

    /// <summary>A terminal is new or has changed.</summary>
    public event Action<TerminalRecord>? TerminalChanged;

    /// <summary>A terminal has ended and is not listed any more. Its journal stays until retention lets it go.</summary>
    public event Action<TerminalRecord>? TerminalRemoved;

    /// <summary>All terminals of this keeper that run, of every root folder.</summary>
    public IReadOnlyCollection<TerminalRecord> Terminals => [.. _terminals.Values.Select(known => known.Record)];

    /// <summary>Whether the keeper that runs can have terminals; one that is older than they are cannot.</summary>
    public bool KnowsTerminals { get; private set; }

    /// <summary>The terminal with this name if it runs, or null.</summary>
    public TerminalRecord? FindTerminal(string name) => _terminals.GetValueOrDefault(name)?.Record;

    /// <summary>Starts a terminal; answers when its program runs.</summary>
    public Task<KeeperReply<TerminalRecord>> StartTerminalAsync(TerminalStart start, CancellationToken cancellationToken) =>
        AskTerminalAsync(new Request(Operation.StartTerminal, Terminal: start), cancellationToken);

    /// <summary>
    /// Says how much of the terminal a viewer can show; null when it looks no more. The screen is as large as all viewers can show. When this client goes,
    /// so do its viewers.
    /// </summary>
    public Task<KeeperReply<TerminalRecord>> ViewTerminalAsync(string name, string viewer, TerminalSize? size, CancellationToken cancellationToken) =>
        AskTerminalAsync(new Request(Operation.ViewTerminal, name, Viewer: viewer, Size: size), cancellationToken);

    /// <summary>Ends the terminal's program, as when a terminal is closed; answers when it has ended.</summary>
    public Task<KeeperReply<TerminalRecord>> EndTerminalAsync(string name, CancellationToken cancellationToken) =>
        AskTerminalAsync(new Request(Operation.EndTerminal, name), cancellationToken);

    /// <summary>Deletes the record of a terminal that has ended.</summary>
    public Task<KeeperReply<TerminalRecord>> ForgetTerminalAsync(string name, CancellationToken cancellationToken) =>
        AskTerminalAsync(new Request(Operation.ForgetTerminal, name), cancellationToken);

    /// <summary>Types into the terminal. Completes when it is on its way.</summary>
    /// <returns>False when no keeper is connected right now; nothing was typed.</returns>
    public ValueTask<bool> TypeAsync(string name, ReadOnlyMemory<byte> typed, CancellationToken cancellationToken) =>
        DeliverAsync(FrameType.Input, TypingKey(name), name, typed, cancellationToken);

    /// <summary>Follows the end of a terminal's journal, as <see cref="Watch"/> does a kernel's.</summary>
    public KernelWatch WatchTerminal(string name) => _terminals.GetValueOrDefault(name)?.Watch ?? KernelWatch.OfNone();

    /// <summary>No kernel's id holds a slash.</summary>
    private static string TypingKey(string name) => $"terminals/{name}";

    private async Task<KeeperReply<TerminalRecord>> AskTerminalAsync(Request request, CancellationToken cancellationToken)
    {
        // A keeper that does not know the request would close the connection.
        if (!KnowsTerminals && KeeperProcessId != 0)
        {
            return new(null, new KeeperFailure("too-old",
                $"The keeper that runs (process {KeeperProcessId}) is older than this program and has no terminals. Finish its kernels, end it with 'holdfast keeper stop', and start again."));
        }

        var reply = await QuestionAsync(request, cancellationToken);
        return new(reply.Terminal, reply.Failure);
    }

    private void TakeTerminals(IReadOnlyList<TerminalRecord>? terminals)
    {
        KnowsTerminals = terminals is not null;
        var listed = (terminals ?? []).ToDictionary(terminal => terminal.Name, StringComparer.Ordinal);
        foreach (var terminal in Terminals.Where(terminal => !listed.ContainsKey(terminal.Name))) Drop(terminal);
        foreach (var terminal in listed.Values) Replace(terminal);
    }

    private void Put(TerminalRecord terminal)
    {
        // An answer may have been overtaken by news.
        var known = FindTerminal(terminal.Name) is { } same && same.Started == terminal.Started ? same : null;
        if (known is not null && known.Revision > terminal.Revision) return;
        if (_endedTerminals.TryGetValue(terminal.Name, out var ended) && terminal.Started <= ended) return;
        // How far its journal is may have been told meanwhile, and perhaps nothing more comes for long.
        Replace(known is null ? terminal : terminal with { LastSequence = Math.Max(known.LastSequence, terminal.LastSequence) });
    }

    private void Replace(TerminalRecord terminal)
    {
        // One of the same name that was started later is another terminal.
        if (FindTerminal(terminal.Name) is { } before && before.Started != terminal.Started) Drop(before);
        var known = new Known<TerminalRecord>(terminal, _terminals.GetValueOrDefault(terminal.Name)?.Watch ?? new KernelWatch());
        _terminals[terminal.Name] = known;
        known.Watch.Advance(terminal.LastSequence);
        TerminalChanged?.Invoke(terminal);
    }

    /// <summary>Of a terminal that is not known yet nothing is lost: the news that makes it known comes after this, and says as much.</summary>
    private void AdvanceTerminal(string name, long visible)
    {
        if (!_terminals.TryGetValue(name, out var terminal)) return;
        if (visible > terminal.Record.LastSequence) _terminals[name] = terminal with { Record = terminal.Record with { LastSequence = visible, LastActivity = _time.GetUtcNow() } };
        terminal.Watch.Advance(visible);
    }

    private void Drop(TerminalRecord terminal)
    {
        _endedTerminals[terminal.Name] = terminal.Started;
        // Its end may be told after the start of another one of the same name.
        if (FindTerminal(terminal.Name)?.Started != terminal.Started || !_terminals.TryRemove(terminal.Name, out var known)) return;
        CloseMessages(TypingKey(terminal.Name));
        known.Watch.Advance(terminal.LastSequence);
        known.Watch.End();
        TerminalRemoved?.Invoke(terminal);
    }
}
