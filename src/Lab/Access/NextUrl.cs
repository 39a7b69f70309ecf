namespace Holdfast.Lab.Access;

/// <summary>Where a login may lead: into this lab and nowhere else.</summary>
internal static class NextUrl
{
    /// <summary><paramref name="asked"/> when it is a path below <paramref name="prefix"/>, else the prefix.</summary>
    public static string Safe(string? asked, string prefix)
    {
        // Browsers read "//host", "/\host" and control characters in between as another site's address.
        var safe = asked is not null && asked.StartsWith(prefix, StringComparison.Ordinal) && asked is not ['/', '/', ..] &&
            !asked.AsSpan().ContainsAny('\\', '\r', '\n') && !asked.Any(char.IsControl);
        return safe ? Ascii(asked!) : prefix;
    }

    /// <summary>A header takes nothing else.</summary>
    private static string Ascii(string path) => System.Text.Ascii.IsValid(path) ? path : string.Concat(path.EnumerateRunes().Select(rune => rune.IsAscii ? rune.ToString() : Uri.EscapeDataString(rune.ToString())));
}
