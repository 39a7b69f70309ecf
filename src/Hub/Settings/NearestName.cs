namespace Holdfast.Hub.Settings;

/// <summary>What somebody may have meant who wrote a name that there is not.</summary>
public static class NearestName
{
    /// <summary>The name that fewest letters must be put in, taken out or changed for, at most a third of them; null when none is near.</summary>
    public static string? Of(string word, IEnumerable<string> names) => names
        .Select(name => (Name: name, Far: Distance(word, name)))
        .Where(near => near.Far <= Math.Max(2, word.Length / 3))
        .OrderBy(near => near.Far)
        .FirstOrDefault().Name;

    /// <summary>The same as a sentence with a space before it; else nothing.</summary>
    public static string Hint(string word, IEnumerable<string> names) => Of(word, names) is { } near ? $" Did you mean '{near}'?" : "";

    /// <summary>How many characters must be put in, taken out or changed to make one word of the other.</summary>
    public static int Distance(string one, string other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var corner = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                var changed = corner + (one[i - 1] == other[j - 1] ? 0 : 1);
                corner = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
