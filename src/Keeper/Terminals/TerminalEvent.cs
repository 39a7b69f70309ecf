namespace Holdfast.Keeper.Terminals;

/// <summary>What the keeper says in a terminal's journal (<see cref="Contract.TerminalRecordKind.Event"/>).</summary>
/// <param name="Event"><c>started</c>, <c>exited</c>, <c>lost</c> (it ended with the keeper that was killed).</param>
/// <param name="Reason">Why, in a sentence for people.</param>
/// <param name="Pid">The process it is about.</param>
/// <param name="Code">For <c>exited</c>: the exit code, 128 and the signal's number when one ended it.</param>
internal sealed record TerminalEvent(string Event, string? Reason = null, int? Pid = null, int? Code = null)
{
    public const string Started = "started", Exited = "exited", Lost = "lost";
}
