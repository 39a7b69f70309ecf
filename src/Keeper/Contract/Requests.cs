namespace Holdfast.Keeper.Contract;

/// <summary>A request to start a kernel.</summary>
public sealed record KernelStart
{
    /// <summary>The id to give it; null for a new one. An id that runs already is refused.</summary>
    public string? Id { get; init; }
    /// <summary>The kernelspec's name.</summary>
    public required string SpecName { get; init; }
    /// <summary>What people see of the kernelspec.</summary>
    public required string DisplayName { get; init; }
    /// <summary>The command, with <c>{connection_file}</c> still in it.</summary>
    public required IReadOnlyList<string> Argv { get; init; }
    /// <summary>The whole environment of the process.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }
    /// <summary>The folder to run in.</summary>
    public required string WorkingFolder { get; init; }
    /// <summary>The lab's root folder.</summary>
    public required string Root { get; init; }
    /// <summary>True when interrupts go as a message on control.</summary>
    public bool InterruptByMessage { get; init; }
    /// <summary>True for a kernel that cannot bind ipc sockets: it gets TCP on 127.0.0.1.</summary>
    public bool Tcp { get; init; }
    /// <summary>The sessions on it from the start.</summary>
    public IReadOnlyList<SessionTag> Sessions { get; init; } = [];
}

/// <summary>An expected failure of a request.</summary>
/// <param name="Code"><c>not-found</c>, <c>exists</c>, <c>start-failed</c>, <c>timeout</c>, <c>disk-full</c>, <c>unreachable</c>, <c>refused</c>.</param>
/// <param name="Message">One or more sentences that name the thing and the mend; for a kernel that died, with its last words.</param>
public sealed record KeeperFailure(string Code, string Message);

/// <summary>A value or an expected failure.</summary>
public readonly record struct KeeperReply<T>(T? Value, KeeperFailure? Failure) where T : class
{
    /// <summary>Whether there is a value.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Value))]
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(false, nameof(Failure))]
    public bool Ok => Failure is null;
}
