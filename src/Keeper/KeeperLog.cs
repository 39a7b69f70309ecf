using Holdfast.Kernels;
using Microsoft.Extensions.Logging;

namespace Holdfast.Keeper;

/// <summary>What the keeper writes to its log.</summary>
internal static partial class KeeperLog
{
    [LoggerMessage(1, LogLevel.Information, "Keeper {ProcessId} listens on {Socket}; {Kernels} kernels taken up.")]
    public static partial void Listening(ILogger log, int processId, string socket, int kernels);

    [LoggerMessage(2, LogLevel.Information, "Keeper ends: {Reason}")]
    public static partial void Ends(ILogger log, string reason);

    [LoggerMessage(3, LogLevel.Warning, "A connection from user {Uid} was refused.")]
    public static partial void PeerRefused(ILogger log, uint uid);

    [LoggerMessage(4, LogLevel.Warning, "A client's connection was closed: {Reason}")]
    public static partial void ClientClosed(ILogger log, string reason);

    [LoggerMessage(5, LogLevel.Error, "Kernel folder {Folder} cannot be taken up: {Reason}")]
    public static partial void AdoptionFailed(ILogger log, string folder, string reason);

    [LoggerMessage(6, LogLevel.Error, "An operation failed in a way that is not foreseen.")]
    public static partial void Unforeseen(ILogger log, Exception exception);

    [LoggerMessage(7, LogLevel.Error, "A client could not be taken in: {Reason}")]
    public static partial void AcceptFailed(ILogger log, string reason);

    [LoggerMessage(8, LogLevel.Error, "A client was refused: {Reason}")]
    public static partial void ClientRefused(ILogger log, string reason);

    [LoggerMessage(20, LogLevel.Information, "Kernel {Id} started, process {ProcessId}.")]
    public static partial void KernelStarted(ILogger log, string id, int processId);

    [LoggerMessage(21, LogLevel.Information, "Kernel {Id} is ready.")]
    public static partial void KernelReady(ILogger log, string id);

    [LoggerMessage(22, LogLevel.Warning, "Kernel {Id} is started again.")]
    public static partial void KernelRestarting(ILogger log, string id);

    [LoggerMessage(23, LogLevel.Error, "Kernel {Id} is dead.")]
    public static partial void KernelDead(ILogger log, string id);

    [LoggerMessage(24, LogLevel.Information, "Kernel {Id} was shut down.")]
    public static partial void KernelShutDown(ILogger log, string id);

    [LoggerMessage(25, LogLevel.Warning, "Kernel {Id} does not end when asked.")]
    public static partial void KernelDoesNotEnd(ILogger log, string id);

    [LoggerMessage(26, LogLevel.Warning, "Kernel {Id}, process {ProcessId}, was taken up again; a gap is recorded.")]
    public static partial void KernelAdopted(ILogger log, string id, int processId);

    [LoggerMessage(27, LogLevel.Warning, "Kernel {Id} ended while no keeper ran.")]
    public static partial void KernelGone(ILogger log, string id);

    [LoggerMessage(28, LogLevel.Warning, "{Reason}")]
    public static partial void KernelFileNotWritten(ILogger log, string? reason);

    [LoggerMessage(40, LogLevel.Error, "Kernel {Id} is held back: {Reason}")]
    public static partial void HeldBack(ILogger log, string id, string? reason);

    [LoggerMessage(41, LogLevel.Information, "Kernel {Id} goes on.")]
    public static partial void GoesOn(ILogger log, string id);

    [LoggerMessage(42, LogLevel.Warning, "Kernel {Id}, {Channel}: a message was refused: {Reason}")]
    public static partial void MessageRefused(ILogger log, string id, KernelChannel channel, string reason);

    [LoggerMessage(43, LogLevel.Warning, "Kernel {Id}: a client's message was refused: {Reason}")]
    public static partial void RequestRefused(ILogger log, string id, string? reason);

    [LoggerMessage(44, LogLevel.Error, "Kernel {Id}: what it sends is recorded, but not yet on the disk: {Reason}")]
    public static partial void NotSynced(ILogger log, string id, string reason);

    [LoggerMessage(45, LogLevel.Information, "Kernel {Id}: what it sends is on the disk again.")]
    public static partial void Synced(ILogger log, string id);

    [LoggerMessage(50, LogLevel.Information, "Terminal {Name} started, process {ProcessId}.")]
    public static partial void TerminalStarted(ILogger log, string name, int processId);

    [LoggerMessage(51, LogLevel.Information, "Terminal {Name} {Exit}.")]
    public static partial void TerminalEnded(ILogger log, string name, string exit);

    [LoggerMessage(52, LogLevel.Warning, "Terminal {Name} ended with the keeper before this one.")]
    public static partial void TerminalLost(ILogger log, string name);

    [LoggerMessage(53, LogLevel.Error, "Terminal {Name} is held back: {Reason}")]
    public static partial void TerminalHeldBack(ILogger log, string name, string? reason);

    [LoggerMessage(54, LogLevel.Information, "Terminal {Name} goes on.")]
    public static partial void TerminalGoesOn(ILogger log, string name);

    [LoggerMessage(55, LogLevel.Information, "Terminal {Name} ended more than {Days} days ago; its record was let go.")]
    public static partial void TerminalLetGo(ILogger log, string name, double days);

    [LoggerMessage(56, LogLevel.Information, "Terminal {Name}: {Bytes} bytes of its record were let go: {Why}.")]
    public static partial void TerminalShortened(ILogger log, string name, long bytes, string why);

    [LoggerMessage(57, LogLevel.Warning, "Terminal {Name}: its record cannot be let go: {Reason}")]
    public static partial void TerminalNotShortened(ILogger log, string name, string reason);

    [LoggerMessage(60, LogLevel.Information, "Kernel {Id}: {Bytes} bytes of its journal, all before record {FirstKept}, were let go: {Why}.")]
    public static partial void LetGo(ILogger log, string id, long bytes, long firstKept, string why);

    [LoggerMessage(61, LogLevel.Warning, "Kernel {Id}: its journal cannot be let go: {Reason}")]
    public static partial void NotLetGo(ILogger log, string id, string reason);

    [LoggerMessage(62, LogLevel.Warning, "The journals of {Root} have {Bytes} bytes, more than {Limit}, and none of it may go: it is not whole in a notebook. 'holdfast keeper prune' tells.")]
    public static partial void MoreThanLimit(ILogger log, string root, long bytes, long limit);
}
