using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Host;
using Holdfast.Keeper.Wire;

namespace Holdfast.Keeper.Owned;

/// <summary>
/// <c>kernel.json</c> in a kernel's folder: enough for a new keeper to find the kernel again. The environment is not in it, because it may
/// hold secrets: a new keeper reads it from the running process.
/// </summary>
internal sealed record KernelFile
{
    public required KernelRecord Record { get; init; }

    public required IReadOnlyList<string> Argv { get; init; }

    public bool InterruptByMessage { get; init; }

    /// <summary>Start time of the process, see <see cref="Processes.ChildProcess.StartTicks"/>.</summary>
    public long StartTicks { get; init; }

    /// <summary>Set when the kernel was shut down: only its journal is left.</summary>
    public DateTimeOffset? Ended { get; init; }

    public static string PathIn(string kernelFolder) => Path.Combine(kernelFolder, "kernel.json");

    public static KernelFile? Read(string kernelFolder) =>
        // JSON's null passes for a record.
        StateFile.Read(PathIn(kernelFolder), WireJson.Default.KernelFile) is { Record: not null } file ? file : null;

    /// <summary>Writes it whole or not at all. False, with the reason, when it cannot be written.</summary>
    public bool TryWrite(out string? error) => StateFile.TryWrite(PathIn(Record.Folder), this, WireJson.Default.KernelFile, out error);
}
