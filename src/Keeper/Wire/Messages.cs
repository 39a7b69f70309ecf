using System.Text.Json.Serialization;
using Holdfast.Keeper.Contract;

namespace Holdfast.Keeper.Wire;

/// <summary>A request to the keeper.</summary>
/// <param name="Op">What to do.</param>
/// <param name="Id">The kernel it is about.</param>
/// <param name="Start">For <see cref="Operation.Start"/>.</param>
/// <param name="Sessions">For <see cref="Operation.SetSessions"/>.</param>
/// <param name="UpTo">For <see cref="Operation.Allow"/>.</param>
/// <param name="Prune">For <see cref="Operation.Prune"/>.</param>
/// <param name="Terminal">For <see cref="Operation.StartTerminal"/>.</param>
/// <param name="Viewer">For <see cref="Operation.ViewTerminal"/>: who looks, a name of the client's own.</param>
/// <param name="Size">For <see cref="Operation.ViewTerminal"/>: what the viewer has room for; null when it looks no more.</param>
internal sealed record Request(
    Operation Op, string? Id = null, KernelStart? Start = null, IReadOnlyList<SessionTag>? Sessions = null, long? UpTo = null, PruneOrder? Prune = null,
    TerminalStart? Terminal = null, string? Viewer = null, TerminalSize? Size = null);

/// <summary>The answer to a request.</summary>
internal sealed record Reply(KernelRecord? Kernel, KeeperFailure? Failure, IReadOnlyList<JournalPart>? Pruned = null, TerminalRecord? Terminal = null, KeeperMeasures? Measures = null);

/// <summary>The keeper's first words.</summary>
/// <param name="Protocol">Version of this protocol; both sides must speak the same.</param>
/// <param name="ProcessId">The keeper's process id.</param>
/// <param name="Started">When it started.</param>
/// <param name="Kernels">All kernels it owns.</param>
/// <param name="Terminals">All terminals it owns; null from a keeper that is older than they are.</param>
/// <param name="Version">Its release; null from a keeper that is older than this question.</param>
/// <param name="Knows">
/// What the protocol has got since without becoming another one: a client asks for nothing of it that is not here. Names, not
/// <see cref="Operation"/>s, so that a client can be the older one, too.
/// </param>
internal sealed record Hello(
    int Protocol, int ProcessId, DateTimeOffset Started, IReadOnlyList<KernelRecord> Kernels, IReadOnlyList<TerminalRecord>? Terminals = null, string? Version = null,
    IReadOnlyList<string>? Knows = null)
{
    public const string Measure = "measure";
    public const int CurrentProtocol = 2;
}

[JsonConverter(typeof(JsonStringEnumConverter<Operation>))]
internal enum Operation
{
    Start,
    Interrupt,
    Restart,
    Shutdown,
    SetSessions,
    WaitReady,
    Stop,
    /// <summary>Records up to a number are whole in the notebook file.</summary>
    Allow,
    Prune,
    /// <summary>Asks nothing: the answer says that the connection was taken in.</summary>
    Hear,
    /// <summary>Asks what the keeper has done; only of one that says in its <see cref="Hello"/> that it knows this.</summary>
    Measure,
    StartTerminal,
    ViewTerminal,
    EndTerminal,
    /// <summary>Deletes the record of a terminal that has ended.</summary>
    ForgetTerminal,
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Request))]
[JsonSerializable(typeof(Reply))]
[JsonSerializable(typeof(Hello))]
[JsonSerializable(typeof(KernelRecord))]
[JsonSerializable(typeof(Owned.KernelFile))]
[JsonSerializable(typeof(Owned.KernelEvent))]
[JsonSerializable(typeof(TerminalRecord))]
[JsonSerializable(typeof(Terminals.TerminalEvent))]
internal sealed partial class WireJson : JsonSerializerContext;
