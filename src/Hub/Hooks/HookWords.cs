using System.Globalization;

namespace Holdfast.Hub.Hooks;

/// <summary>How a hook ended, in words.</summary>
public static class HookWords
{
    /// <summary>One sentence: <c>/notebooks/pre-run.sh failed in line 7 with exit code 127: nosuch --x</c>.</summary>
    public static string Of(HookOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (outcome.Skipped is { } why) return $"{outcome.Script} was not run: {why}.";
        if (!outcome.Failed) return $"{outcome.Script} succeeded.";
        if (outcome.ExitCode is not { } code) return $"{outcome.Script} did not end in time and was killed.";
        var place = outcome.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $" in line {line}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{outcome.Script} failed{place} with exit code {code}{(outcome.Command is { } command ? $": {command}" : ".")}");
    }
}
