namespace Holdfast.Hub.Hooks;

/// <summary>How a hook ended.</summary>
/// <param name="Name"><c>team</c>, <c>home</c> or <c>notebooks</c>.</param>
/// <param name="Script">Its path inside.</param>
/// <param name="ExitCode">Of the command that ended it, 0 when it succeeded; null when it ran out of time or was not run.</param>
/// <param name="Line">The line, from 1, of the command that failed; null when none did, or none is known.</param>
/// <param name="Command">That command as it was written; null as above.</param>
/// <param name="Output">The last 16 kB that it said.</param>
/// <param name="Took">How long it ran.</param>
/// <param name="Skipped">Why it was not run: not approved, an earlier one failed, safe mode was asked for; null when it ran.</param>
public sealed record HookOutcome(string Name, string Script, int? ExitCode, int? Line, string? Command, string Output, TimeSpan Took, string? Skipped)
{
    /// <summary>Whether it ran and did not succeed.</summary>
    public bool Failed => Skipped is null && ExitCode != 0;
}
