using System.Collections.Concurrent;
using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Owned;
using Holdfast.Keeper.Processes;
using Holdfast.Keeper.Retention;
using Holdfast.Keeper.Wire;
using Microsoft.Extensions.Logging;

namespace Holdfast.Keeper.Host;

/// <summary>All kernels of the keeper, and the operations that clients ask for.</summary>
internal sealed class KernelTable
{
    private readonly KeeperHome _home;
    private readonly JournalOptions _journals;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<string, OwnedKernel> _kernels = new(StringComparer.Ordinal);

    /// <summary>Ids whose kernel is being started: the same id twice would share a folder.</summary>
    private readonly ConcurrentDictionary<string, byte> _starting = new(StringComparer.Ordinal);

    /// <summary>Taken to change the file of a kernel that has ended.</summary>
    private readonly Lock _archive = new();

    public KernelTable(KeeperHome home, RetentionLimits limits, JournalOptions journals, TimeProvider time, ILogger log)
    {
        (_home, _journals, _time, _log) = (home, journals, time, log);
        Shelf = new JournalShelf(home, limits, Find, time, log);
    }

    /// <summary>The journals of all kernels, running or ended.</summary>
    public JournalShelf Shelf { get; }

    public event Action<OwnedKernel>? Changed;

    public event Action<OwnedKernel>? Advanced;

    public event Action<OwnedKernel>? Removed;

    public ICollection<OwnedKernel> Kernels => _kernels.Values;

    public OwnedKernel? Find(string id) => _kernels.GetValueOrDefault(id);

    /// <summary>Takes up what an earlier keeper left running.</summary>
    public void Adopt()
    {
        if (!Directory.Exists(_home.KernelsFolder)) return;
        foreach (var folder in Directory.EnumerateDirectories(_home.KernelsFolder))
        {
            try
            {
                if (OwnedKernel.Adopt(folder, _journals, _time, _log) is { } kernel) Add(kernel);
            }
            catch (Exception e)
            {
                // Whatever a broken folder holds, it must not keep the others from being taken up.
                KeeperLog.AdoptionFailed(_log, folder, e.Message);
            }
        }
    }

    public async Task<Reply> HandleAsync(Request request, CancellationToken cancellationToken)
    {
        switch (request.Op)
        {
            case Operation.Start:
                return request.Start is { } start ? await StartAsync(start) : new Reply(null, new KeeperFailure("start-failed", "The request does not say what to start."));
            case Operation.Allow:
                return Allow(request.Id ?? "", request.UpTo ?? 0);
            case Operation.Prune:
                return new Reply(null, null, Shelf.Prune(request.Prune ?? new PruneOrder { OnlyLook = true }));
            case Operation.Hear:
                return new Reply(null, null);
        }

        if (request.Id is not { } id || Find(id) is not { } kernel)
        {
            return NotFound(request.Id);
        }

        // The record is taken when the operation is over.
        Reply After(KeeperFailure? failure) => new(kernel.Record, failure);
        switch (request.Op)
        {
            case Operation.Interrupt:
                return After(await kernel.InterruptAsync(cancellationToken));
            case Operation.Restart:
                return After(await kernel.RestartAsync(cancellationToken));
            case Operation.Shutdown:
                await RemoveAsync(kernel, "Somebody asked for it.");
                return After(null);
            case Operation.SetSessions:
                return new Reply(kernel.SetSessions(request.Sessions ?? []), null);
            case Operation.WaitReady:
                return After(await kernel.WaitReadyAsync(cancellationToken));
            default:
                return new Reply(null, new KeeperFailure("not-found", $"The keeper knows no operation {request.Op}: it is older than its client."));
        }
    }

    /// <summary>Ends every kernel.</summary>
    public Task RemoveAllAsync(string reason) => Task.WhenAll(_kernels.Values.Select(kernel => RemoveAsync(kernel, reason)));

    private static Reply NotFound(string? id) => new(null, new KeeperFailure("not-found", $"Kernel does not exist: {id}"));

    /// <summary>An id names a folder, too.</summary>
    private static bool IsId(string id) => id.Length is > 0 and <= 64 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private Reply Allow(string id, long upTo)
    {
        if (Find(id) is { } kernel) return new Reply(kernel.Allow(upTo), null);
        lock (_archive)
        {
            if (!IsId(id) || KernelFile.Read(Path.Combine(_home.KernelsFolder, id)) is not { } file) return NotFound(id);
            if (upTo <= file.Record.WholeUpTo) return new Reply(file.Record, null);
            file = file with { Record = file.Record with { WholeUpTo = upTo } };
            return file.TryWrite(out var error) ? new Reply(file.Record, null) : new Reply(null, new KeeperFailure("disk-full", error!));
        }
    }

    private async Task<Reply> StartAsync(KernelStart start)
    {
        if (Descriptors.AreScarce()) return new Reply(null, new KeeperFailure("start-failed", Descriptors.Explanation));
        var id = start.Id ?? Guid.NewGuid().ToString();
        if (!IsId(id))
        {
            return new Reply(null, new KeeperFailure("start-failed", $"A kernel's id has 1 to 64 letters, digits, - and _; '{id}' is not one."));
        }

        if (_kernels.ContainsKey(id) || !_starting.TryAdd(id, 0))
        {
            return new Reply(null, new KeeperFailure("exists", $"A kernel with the id {id} runs already."));
        }

        try
        {
            var (kernel, failure) = await OwnedKernel.StartAsync(_home, id, start, _journals, _time, _log);
            if (kernel is null) return new Reply(null, failure);
            Add(kernel);
            return new Reply(kernel.Record, null);
        }
        finally
        {
            _starting.TryRemove(id, out _);
        }
    }

    private void Add(OwnedKernel kernel)
    {
        _kernels[kernel.Id] = kernel;
        kernel.Changed += changed => Changed?.Invoke(changed);
        kernel.Advanced += advanced => Advanced?.Invoke(advanced);
        Changed?.Invoke(kernel);
    }

    private async Task RemoveAsync(OwnedKernel kernel, string reason)
    {
        await kernel.ShutdownAsync(reason);
        if (_kernels.TryRemove(kernel.Id, out _)) Removed?.Invoke(kernel);
    }
}
