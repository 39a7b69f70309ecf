namespace Holdfast.Hub.Pages.Charts;

/// <summary>
/// Amounts as areas, by the squarified layout (Bruls, Huizing, van Wijk 2000): tiles as near to squares as may be, the largest first. Places are parts of the whole, so that
/// the picture fits any width and its words keep their size.
/// </summary>
internal static class Treemap
{
    /// <summary>The picture is taken for so many times as wide as high when tiles are shaped.</summary>
    private const double Aspect = 2;
    private const double LeastWithName = 0.006, LeastWithSize = 0.02;

    /// <summary>A tile.</summary>
    /// <param name="Name">What it is.</param>
    /// <param name="Amount">More than 0.</param>
    /// <param name="Words">The amount in words.</param>
    /// <param name="Colour">1 to 6.</param>
    /// <param name="Address">Where it leads; null for nowhere.</param>
    internal sealed record Tile(string Name, double Amount, string Words, int Colour, string? Address);

    public static Html Draw(string title, IReadOnlyList<Tile> tiles)
    {
        var sorted = tiles.Where(tile => tile.Amount > 0).OrderByDescending(tile => tile.Amount).ToList();
        var places = Lay(sorted.Select(tile => tile.Amount).ToList());
        return $"""<svg class="treemap" role="group" aria-label="{title}">{sorted.Zip(places, Shape)}</svg>""";
    }

    private static Html Shape(Tile tile, (double X, double Y, double Width, double Height) place)
    {
        var area = place.Width * place.Height;
        Html shape = $"""
            <svg x="{Bars.Percent(place.X * 100)}" y="{Bars.Percent(place.Y * 100)}" width="{Bars.Percent(place.Width * 100)}" height="{Bars.Percent(place.Height * 100)}"><title>{tile.Name}: {tile.Words}</title><rect class="tile c{tile.Colour}" width="100%" height="100%" rx="3"/>{Html.If(area > LeastWithName && place.Width > 0.05, $"""<text x="9" y="20">{tile.Name}</text>""")}{Html.If(area > LeastWithSize && place.Width > 0.05, $"""<text class="size" x="9" y="37">{tile.Words}</text>""")}</svg>
            """;
        return tile.Address is { } address ? (Html)$"""<a href="{address}" aria-label="{tile.Name}, {tile.Words}">{shape}</a>""" : shape;
    }

    /// <summary>Where each amount lies, in parts of the whole. Amounts are in falling order.</summary>
    internal static IReadOnlyList<(double X, double Y, double Width, double Height)> Lay(IReadOnlyList<double> amounts)
    {
        var places = new List<(double, double, double, double)>();
        var total = amounts.Sum();
        var (x, y, width, height) = (0.0, 0.0, Aspect, 1.0);
        for (var at = 0; at < amounts.Count;)
        {
            var scale = width * height / amounts.Skip(at).Sum();
            var side = Math.Min(width, height);
            // A row takes further tiles as long as its worst one gets no longer by it.
            var count = 1;
            while (at + count < amounts.Count && Worst(amounts, at, count + 1, scale, side) <= Worst(amounts, at, count, scale, side)) count++;
            var thickness = amounts.Skip(at).Take(count).Sum() * scale / side;
            for (var (tile, offset) = (0, 0.0); tile < count; tile++)
            {
                var length = amounts[at + tile] * scale / thickness;
                var (left, upper, wide, high) = width >= height ? (x, y + offset, thickness, length) : (x + offset, y, length, thickness);
                places.Add((left / Aspect, upper, wide / Aspect, high));
                offset += length;
            }
            (x, y, width, height) = width >= height ? (x + thickness, y, width - thickness, height) : (x, y + thickness, width, height - thickness);
            at += count;
        }
        return places;
    }

    private static double Worst(IReadOnlyList<double> amounts, int from, int count, double scale, double side)
    {
        var sum = amounts.Skip(from).Take(count).Sum() * scale;
        var (most, least) = (amounts[from] * scale, amounts[from + count - 1] * scale);
        return Math.Max(side * side * most / (sum * sum), sum * sum / (side * side * least));
    }
}
