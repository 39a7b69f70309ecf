namespace Holdfast.Hub.Costs;

/// <summary>Amounts of money as they are shown. Sums are made of amounts that were not rounded; rounded is once, at the end, half away from zero.</summary>
internal static class Cents
{
    /// <summary>Thirds and the like are not whole in the 28th digit: what they miss there must not keep three of them from being one.</summary>
    private const int Exact = 18;

    /// <summary>An amount to so many digits.</summary>
    public static decimal Round(decimal amount, int digits = 2) => Math.Round(Math.Round(amount, Exact), digits, MidpointRounding.AwayFromZero);

    /// <summary>
    /// The lines of a table, rounded so that they add up to their rounded sum, which is shown under them (method of the largest remainder: each is rounded down, and the units that are missing go to
    /// those that have lost most). A line is therefore less than one unit away from what it is.
    /// </summary>
    /// <param name="amounts">Not rounded, none negative.</param>
    /// <param name="digits">After the point.</param>
    /// <param name="total">What they are to add up to, when that was rounded already as a line of another table.</param>
    public static decimal[] Lines(IReadOnlyList<decimal> amounts, int digits = 2, decimal? total = null)
    {
        var unit = new decimal(1, 0, 0, false, (byte)digits);
        var lines = amounts.Select(amount => Math.Round(amount, digits, MidpointRounding.ToZero)).ToArray();
        var missing = (int)(((total ?? Round(amounts.Sum(), digits)) - lines.Sum()) / unit);
        foreach (var line in Enumerable.Range(0, lines.Length).OrderByDescending(line => amounts[line] - lines[line]).Take(missing)) lines[line] += unit;
        return lines;
    }
}
