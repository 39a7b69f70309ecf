using System.Collections.Concurrent;
using System.Globalization;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Processes;
using Holdfast.Keeper.Wire;
using Microsoft.Extensions.Logging;

namespace Holdfast.Keeper.Terminals;

/// <summary>All terminals of the keeper, and the operations that clients ask for.</summary>
internal sealed class TerminalTable(KeeperHome home, RetentionLimits limits, JournalOptions journals, TimeProvider time, ILogger log)
{
    private readonly ConcurrentDictionary<string, OwnedTerminal> _terminals = new(StringComparer.Ordinal);

    /// <summary>Taken to start one, and to change what is left of one that has ended: a name is a folder.</summary>
    private readonly Lock _folders = new();

    private readonly TerminalRetention _retention = new(home, limits, time, log);

    public event Action<OwnedTerminal>? Changed;

    public event Action<OwnedTerminal>? Advanced;

    public event Action<OwnedTerminal>? Removed;

    public ICollection<OwnedTerminal> Terminals => _terminals.Values;

    public OwnedTerminal? Find(string name) => _terminals.GetValueOrDefault(name);

    /// <summary>Says of the terminals that ended with an earlier keeper that they did.</summary>
    public void NameLosses()
    {
        foreach (var record in TerminalFolder.All(home).Where(record => record.Ended is null))
        {
            try
            {
                TerminalFolder.NameLoss(record, journals);
                KeeperLog.TerminalLost(log, record.Name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                KeeperLog.AdoptionFailed(log, record.Folder, e.Message);
            }
        }
    }

    public async Task<Reply> HandleAsync(Request request, object client)
    {
        if (request.Op == Operation.StartTerminal)
        {
            return request.Terminal is { } start ? Start(start) : Failed("start-failed", "The request does not say what to start.");
        }

        var name = request.Id ?? "";
        if (request.Op == Operation.ForgetTerminal) return Forget(name);
        if (Find(name) is not { } terminal) return Failed("not-found", $"Terminal not found: {name}");
        if (request.Op == Operation.ViewTerminal) terminal.View(new Viewer(client, request.Viewer ?? ""), request.Size);
        else
        {
            await terminal.EndAsync("Somebody asked for it.");
            // Whoever hears the answer may use the name.
            Remove(terminal);
        }
        return new Reply(null, null, Terminal: terminal.Record);
    }

    /// <summary>Lets go of what has ended long ago.</summary>
    public void ApplyLimits()
    {
        lock (_folders) _retention.LetEndedGo();
    }

    /// <summary>A client has gone, and whoever looked through it.</summary>
    public void Leave(object client)
    {
        foreach (var terminal in _terminals.Values) terminal.Leave(client);
    }

    /// <summary>Ends every terminal.</summary>
    public Task RemoveAllAsync(string reason) => Task.WhenAll(_terminals.Values.Select(terminal => terminal.EndAsync(reason)));

    private static Reply Failed(string code, string message) => new(null, new KeeperFailure(code, message));

    private Reply Start(TerminalStart start)
    {
        if (Descriptors.AreScarce()) return Failed("start-failed", Descriptors.Explanation);
        lock (_folders)
        {
            var name = start.Name ?? FreeNumber();
            if (!TerminalRecord.IsName(name)) return Failed("bad-name", $"A terminal's name has 1 to 64 letters, digits, '-', '_' and '.', and begins with a letter or digit; '{name}' is not one.");
            if (_terminals.ContainsKey(name)) return Failed("exists", $"A terminal with the name {name} runs already.");
            var folder = Path.Combine(home.TerminalsFolder, name);
            try
            {
                Directory.CreateDirectory(home.TerminalsFolder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                TerminalFolder.SetAside(home, name);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return Failed("start-failed", $"The terminal's folder {folder} cannot be used: {e.Message}");
            }

            var (terminal, failure) = OwnedTerminal.Start(folder, name, start, journals, _retention, time, log);
            if (terminal is null)
            {
                if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
                return new Reply(null, failure);
            }

            Add(terminal);
            return new Reply(null, null, Terminal: terminal.Record);
        }
    }

    private Reply Forget(string name)
    {
        lock (_folders)
        {
            if (_terminals.ContainsKey(name)) return Failed("exists", $"The terminal {name} runs; end it first.");
            var record = name.Contains('/', StringComparison.Ordinal) ? null : TerminalFolder.Read(Path.Combine(home.TerminalsFolder, name));
            if (record is null) return Failed("not-found", $"Terminal not found: {name}");
            Directory.Delete(record.Folder, recursive: true);
            return new Reply(null, null, Terminal: record);
        }
    }

    private string FreeNumber()
    {
        for (var number = 1; ; number++)
        {
            var name = number.ToString(CultureInfo.InvariantCulture);
            if (!_terminals.ContainsKey(name)) return name;
        }
    }

    private void Add(OwnedTerminal terminal)
    {
        _terminals[terminal.Id] = terminal;
        terminal.Changed += changed => Changed?.Invoke(changed);
        terminal.Advanced += advanced => Advanced?.Invoke(advanced);
        terminal.Closed.ContinueWith(_ => Remove(terminal), TaskScheduler.Default);
        Changed?.Invoke(terminal);
    }

    private void Remove(OwnedTerminal terminal)
    {
        if (_terminals.TryRemove(new(terminal.Id, terminal))) Removed?.Invoke(terminal);
    }
}
