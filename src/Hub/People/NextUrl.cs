namespace Holdfast.Hub.People;

/// <summary>Where a login may lead: to a path of the same origin and nowhere else.</summary>
internal static class NextUrl
{
    /// <summary><paramref name="asked"/> when it is such a path, else <c>/</c>.</summary>
    public static string Safe(string? asked)
    {
        // Browsers read "//host", "/\host" and control characters in between as another site's address.
        var safe = asked is ['/', ..] and not ['/', '/', ..] && !asked.Contains('\\', StringComparison.Ordinal) && !asked.Any(char.IsControl);
        return safe ? string.Concat(asked!.EnumerateRunes().Select(rune => rune.IsAscii ? rune.ToString() : Uri.EscapeDataString(rune.ToString()))) : "/";
    }
}
