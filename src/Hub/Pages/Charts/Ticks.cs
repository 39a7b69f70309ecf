using System.Globalization;

namespace Holdfast.Hub.Pages.Charts;

/// <summary>The values that an axis names, from below to above, equally far apart in the picture; the first and the last are its ends.</summary>
/// <param name="Values">Two at least.</param>
/// <param name="IsLog">Whether each is a power of ten.</param>
internal sealed record Ticks(IReadOnlyList<double> Values, bool IsLog)
{
    private const int Usual = 4, MostDecades = 6;
    private const double Least = 1e-300;

    /// <summary>Where a value lies, from 0 (below) to 1.</summary>
    public double Place(double value) => Math.Clamp(IsLog
        ? (Math.Log10(Math.Max(value, Least)) - Math.Log10(Values[0])) / (Math.Log10(Values[^1]) - Math.Log10(Values[0]))
        : (value - Values[0]) / (Values[^1] - Values[0]), 0, 1);

    public IEnumerable<string> Labels => Values.Select(value => Word(IsLog ? value : Rounded(value)));

    /// <summary>For values between two; logarithmic only where all are above 0.</summary>
    public static Ticks Between(double low, double high, bool log)
    {
        if (log && low > 0) return Decades(low, high);
        if (high - low <= Math.Abs(high) * 1e-9) (low, high) = low == 0 ? (0, 1) : (Math.Min(low * 0.9, low * 1.1), Math.Max(low * 0.9, low * 1.1));
        var rough = (high - low) / Usual;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 2.5 => 2.5, <= 5 => 5, _ => 10 };
        var first = Math.Floor(low / step + 1e-9);
        var last = Math.Max(first + 1, Math.Ceiling(high / step - 1e-9));
        return new Ticks([.. Enumerable.Range(0, (int)(last - first) + 1).Select(at => (first + at) * step)], false);
    }

    /// <summary>A number in few characters.</summary>
    public static string Word(double value) => Math.Abs(value) switch
    {
        0 => "0",
        >= 1e6 or < 1e-3 => value.ToString("0.##e+0", CultureInfo.InvariantCulture).Replace("e+", "e", StringComparison.Ordinal),
        >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("G4", CultureInfo.InvariantCulture),
    };

    private static Ticks Decades(double low, double high)
    {
        var first = (int)Math.Floor(Math.Log10(Math.Max(low, Least)) + 1e-9);
        var last = Math.Max(first + 1, (int)Math.Ceiling(Math.Log10(Math.Max(high, Least)) - 1e-9));
        var step = (last - first + MostDecades - 1) / MostDecades;
        return new Ticks([.. Enumerable.Range(0, (last - first + step - 1) / step + 1).Select(at => Math.Pow(10, first + at * step))], true);
    }

    /// <summary>Sums of steps have a tail of digits that is nobody's.</summary>
    private double Rounded(double value)
    {
        var step = Math.Abs(Values[1] - Values[0]);
        return Math.Abs(value) < step * 1e-9 ? 0 : Math.Round(value, Math.Clamp(3 - (int)Math.Floor(Math.Log10(step)), 0, 15));
    }
}
