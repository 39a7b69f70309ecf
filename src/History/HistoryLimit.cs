using System.Globalization;

namespace Holdfast.History;

/// <summary>How much room the histories of all notebooks may take together.</summary>
public static class HistoryLimit
{
    /// <summary>The environment variable that sets it: bytes, or a number with K, M or G (1024 each). 0 keeps no history.</summary>
    public const string Variable = "HOLDFAST_HISTORY_LIMIT";

    /// <summary>1 GiB.</summary>
    public const long Default = 1L << 30;

    /// <summary>The limit in bytes, and what is wrong with the variable; the limit is then the default.</summary>
    public static (long Bytes, string? Problem) FromEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (!environment.TryGetValue(Variable, out var text) || text.Length == 0)
            return (Default, null);
        var shift = char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 0 };
        return long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue >> shift
            ? (number << shift, null)
            : (Default, $"{Variable} is a number of bytes, or a number with K, M or G, not '{text}'; 1G is taken.");
    }
}
