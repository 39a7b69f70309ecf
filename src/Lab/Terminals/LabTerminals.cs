using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Terminals;

/// <summary>The terminals of this lab: those that it started for its root folder, and those that were started from a shell in that folder or below.</summary>
internal sealed class LabTerminals(KeeperClient keeper, LabOptions options, ILogger<LabTerminals> log)
{
    private bool _toldTooOld;

    /// <summary>All terminals, oldest first.</summary>
    public IEnumerable<TerminalRecord> All
    {
        get
        {
            if (!keeper.KnowsTerminals && keeper.KeeperProcessId != 0 && !_toldTooOld)
            {
                _toldTooOld = true;
                TerminalsLog.KeeperTooOld(log, keeper.KeeperProcessId);
            }
            return keeper.Terminals.Where(IsOurs).OrderBy(terminal => terminal.Started);
        }
    }

    /// <summary>The terminal with this name, or null.</summary>
    public TerminalRecord? Find(string name) => keeper.FindTerminal(name) is { } terminal && IsOurs(terminal) ? terminal : null;

    /// <summary>Starts a shell, in <paramref name="folder"/> (absolute, or below the root) where that exists, else in the root.</summary>
    public async Task<KeeperReply<TerminalRecord>> StartAsync(string? name, string? folder, CancellationToken cancellationToken)
    {
        var reply = await keeper.StartTerminalAsync(new TerminalStart
        {
            Name = name,
            WorkingFolder = FolderOf(folder),
            Environment = options.Environment,
            Root = options.Root,
        }, cancellationToken);
        if (reply.Ok)
            TerminalsLog.Started(log, reply.Value.Name, reply.Value.WorkingFolder);
        else
            TerminalsLog.StartFailed(log, reply.Failure.Code);
        return reply;
    }

    /// <summary>Ends a terminal; when this completes it is not listed any more.</summary>
    public async Task<KeeperFailure?> EndAsync(string name, CancellationToken cancellationToken)
    {
        var watch = keeper.WatchTerminal(name);
        var reply = await keeper.EndTerminalAsync(name, cancellationToken);
        if (reply.Ok)
            await watch.WaitAsync(long.MaxValue, cancellationToken);
        TerminalsLog.ShutDown(log, name, reply.Failure?.Code ?? "ok");
        return reply.Failure;
    }

    private string FolderOf(string? asked)
    {
        if (string.IsNullOrEmpty(asked) || asked.Contains('\0', StringComparison.Ordinal))
            return options.Root;
        foreach (var folder in (string[])[Path.GetFullPath(asked, "/"), Path.GetFullPath(Path.Join(options.Root, asked))])
            if ((Path.IsPathRooted(asked) || folder != Path.GetFullPath(asked, "/")) && Directory.Exists(folder))
                return folder;
        return options.Root;
    }

    /// <summary>Whether it belongs to this lab, running or ended.</summary>
    public bool IsOurs(TerminalRecord terminal) => terminal.Root is { } root
        ? root == options.Root
        : terminal.WorkingFolder == options.Root || terminal.WorkingFolder.StartsWith(options.Root.TrimEnd('/') + "/", StringComparison.Ordinal);
}
