namespace Holdfast.Hub.Activity;

/// <summary>What a machine that runs does, as of the last look, and when the hub will stop it.</summary>
public sealed record MachineActivity
{
    /// <summary>When it was looked.</summary>
    public required DateTimeOffset Looked { get; init; }
    /// <summary>Whether its lab answered. A machine that does not answer is neither busy nor idle.</summary>
    public required bool Answers { get; init; }
    /// <summary>What is at work, what began first first; empty for nothing.</summary>
    public required IReadOnlyList<BusyWith> Busy { get; init; }
    /// <summary>Since when nothing has worked and nobody has done anything, as far as this hub has seen; null while something works.</summary>
    public DateTimeOffset? IdleSince { get; init; }
    /// <summary>When the hub will stop it, if all stays as it is; null for never.</summary>
    public DateTimeOffset? StopsAt { get; init; }
    /// <summary>Why: <c>idle_timeout</c> or <c>time_limit</c>; null for never.</summary>
    public string? StopsBecause { get; init; }
    /// <summary>How long until then.</summary>
    public TimeSpan? TimeLeft { get; init; }
    /// <summary>Until when people have said that it is not to be stopped; null when nobody has.</summary>
    public DateTimeOffset? ExtendedUntil { get; init; }
    /// <summary>It is stopped when it was idle for so long, its own or the hub's setting; null for never.</summary>
    public TimeSpan? IdleTimeout { get; init; }
    /// <summary>It is stopped so long after its start; null for never.</summary>
    public TimeSpan? TimeLimit { get; init; }
    /// <summary>What a stop by the hub does that would lose something.</summary>
    public required string OnLoss { get; init; }
    /// <summary>Processors at work since the look before; null at the first one.</summary>
    public double? Cpu { get; init; }
    /// <summary>Bytes; null when it does not answer.</summary>
    public long? Memory { get; init; }
    /// <summary>What its GPUs do, 0 to 1; null without any.</summary>
    public double? Gpu { get; init; }
    /// <summary>Bytes on its GPUs; null without any.</summary>
    public long? GpuMemory { get; init; }
}

/// <summary>Something that is at work in a machine.</summary>
/// <param name="Kind"><c>kernel</c>, <c>run</c> (a notebook without a page), <c>terminal</c>, <c>command</c>, <c>ssh</c>, <c>processes</c> or <c>gpu</c>.</param>
/// <param name="Name">The notebook, or the command.</param>
/// <param name="Since">Since when.</param>
public sealed record BusyWith(string Kind, string Name, DateTimeOffset Since);
