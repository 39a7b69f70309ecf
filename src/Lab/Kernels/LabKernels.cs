using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Lab.Kernels.Channels;
using Microsoft.Extensions.Logging;

namespace Holdfast.Lab.Kernels;

/// <summary>The kernels of this lab's root folder; those of other folders are not seen here.</summary>
internal sealed class LabKernels(KeeperClient keeper, KernelSpecs specs, KernelPages pages, LabOptions options, TimeProvider time, ILogger<LabKernels> log)
{
    /// <summary>Longest wait for a kernel's first answer; after it the kernel is shown as starting.</summary>
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);

    /// <summary>Longest wait, after that, for its first status.</summary>
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(2);

    /// <summary>All kernels, oldest first.</summary>
    public IEnumerable<KernelRecord> All => keeper.Kernels.Where(IsOurs).OrderBy(kernel => kernel.Started);

    /// <summary>The kernel with this id, or null.</summary>
    public KernelRecord? Find(string id) => keeper.Find(id) is { } kernel && IsOurs(kernel) ? kernel : null;

    /// <summary>Pages connected to a kernel.</summary>
    public int Connections(string id) => pages.Count(id);

    /// <summary>Starts a kernel; answers before it is ready, see <see cref="WaitReadyAsync"/>.</summary>
    /// <param name="specName">The kernelspec, null for the default.</param>
    /// <param name="path">Path of the document or folder it is for, null for the root.</param>
    /// <param name="documentName">The document's name, null or empty when there is none.</param>
    /// <param name="id">The id it must have, null for any.</param>
    /// <param name="session">The session it is for.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="workingFolder">Where it runs; null for the document's folder.</param>
    /// <returns>The kernel; the failure's code <see cref="UnknownSpec"/> says that there is no such kernelspec.</returns>
    public async Task<KeeperReply<KernelRecord>> StartAsync(
        string? specName, string? path, string? documentName, string? id, SessionTag? session, CancellationToken cancellationToken, string? workingFolder = null)
    {
        if (id is not null && !IsId(id))
            return Failed("bad-id", $"{id} cannot be a kernel's id: 1 to 64 letters, digits, - and _ can.");
        if (await specs.FindAsync(specName) is not { } spec)
        {
            specName ??= specs.DefaultOf(await specs.GetAsync());
            KernelsLog.UnknownSpec(log, specName);
            return Failed(UnknownSpec, $"The '{specName}' kernel is not available. Please pick another suitable kernel instead, or install that kernel.");
        }
        KernelStart start;
        try
        {
            start = KernelLaunch.Create(spec, options, path, documentName, workingFolder) with { Id = id, Sessions = session is null ? [] : [session] };
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Failed("start-failed", $"The kernel {spec.DisplayName} could not be started: {fault.Message}; mend: room on the disk of {options.StateFolder}, or its permissions.");
        }
        var reply = await keeper.StartKernelAsync(start, cancellationToken);
        if (reply.Ok)
            KernelsLog.Started(log, reply.Value.Id, spec.Name, start.WorkingFolder);
        else
            KernelsLog.StartFailed(log, spec.Name, reply.Failure.Code);
        return reply;
    }

    /// <summary>The failure code of a kernelspec that is not there.</summary>
    public const string UnknownSpec = "unknown-spec";

    /// <summary>
    /// Waits until a kernel that was just started has answered. One that died instead is taken away, and the failure holds its last words;
    /// one that takes too long is given as it stands.
    /// </summary>
    public async Task<KeeperReply<KernelRecord>> WaitReadyAsync(KernelRecord kernel, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(ReadyLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var reply = await keeper.WaitReadyAsync(kernel.Id, either.Token);
            if (reply is { Ok: true, Value.ExecutionState: not "dead" })
                return new(await SettledAsync(reply.Value, either.Token), null);
            var failure = reply.Failure ?? new KeeperFailure("start-failed", reply.Value?.Note ?? $"The kernel {kernel.DisplayName} died before it answered.");
            KernelsLog.StartFailed(log, kernel.SpecName, failure.Code);
            await ShutdownAsync(kernel.Id, cancellationToken);
            return new(null, failure);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new(Find(kernel.Id) ?? kernel, null);
        }
    }

    /// <summary>
    /// The kernel when it has said that it is idle, which comes right after its first answer: clients compare what they were told with the
    /// next list.
    /// </summary>
    private async Task<KernelRecord> SettledAsync(KernelRecord kernel, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(SettleLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var watch = keeper.Watch(kernel.Id);
        try
        {
            while (true)
            {
                var seen = watch.Visible;
                if (Find(kernel.Id) is var settled && settled?.ExecutionState != "starting")
                    return settled ?? kernel;
                await watch.WaitAsync(seen, either.Token);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Find(kernel.Id) ?? kernel;
        }
    }

    /// <summary>Ends a kernel; when this completes it is not listed any more.</summary>
    public async Task<KeeperReply<KernelRecord>> ShutdownAsync(string id, CancellationToken cancellationToken)
    {
        var watch = keeper.Watch(id);
        var reply = await keeper.ShutdownAsync(id, cancellationToken);
        if (reply.Ok)
            await watch.WaitAsync(long.MaxValue, cancellationToken);
        KernelsLog.ShutDown(log, id, reply.Failure?.Code ?? "ok");
        return reply;
    }

    private bool IsOurs(KernelRecord kernel) => kernel.Root == options.Root;

    private static bool IsId(string id) => id.Length is > 0 and <= 64 && id.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

    private static KeeperReply<KernelRecord> Failed(string code, string message) => new(null, new KeeperFailure(code, message));
}
