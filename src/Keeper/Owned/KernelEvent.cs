namespace Holdfast.Keeper.Owned;

/// <summary>What the keeper says in a kernel's journal (<see cref="Contract.RecordKind.Event"/>).</summary>
/// <param name="Event"><c>started</c>, <c>restarting</c>, <c>dead</c>, <c>gap</c>, <c>shutdown</c>.</param>
/// <param name="Reason">Why, in a sentence for people.</param>
/// <param name="Pid">The process it is about.</param>
/// <param name="From">For a gap: when the last record before it was written.</param>
/// <param name="Until">For a gap: when recording went on.</param>
/// <param name="Asked">For a restart: true when somebody asked for it, so that pages do not say that the kernel died.</param>
internal sealed record KernelEvent(string Event, string? Reason = null, int? Pid = null, DateTimeOffset? From = null, DateTimeOffset? Until = null, bool? Asked = null)
{
    public const string Started = "started", Restarting = "restarting", Dead = "dead", Gap = "gap", Shutdown = "shutdown";
}
