namespace Holdfast.Hub.Pages.Charts;

/// <summary>Values over steps, one line of a chart.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Points">From left to right.</param>
internal sealed record StepSeries(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>As many points as a picture has room for.</summary>
    private const int MostDrawn = 500;

    /// <summary>A running mean in which each value before counts so much as the one after it (0 to below 1), as TensorBoard smooths.</summary>
    public StepSeries Smoothed(double weight)
    {
        var (mean, share, smooth) = (0.0, 0.0, new List<(double, double)>(Points.Count));
        foreach (var (x, y) in Points)
        {
            (mean, share) = (mean * weight + y * (1 - weight), share * weight + (1 - weight));
            smooth.Add((x, mean / share));
        }
        return this with { Points = smooth };
    }

    /// <summary>Of many points the lowest and the highest of each stretch.</summary>
    public StepSeries Thinned()
    {
        if (Points.Count <= MostDrawn) return this;
        var width = (Points.Count + MostDrawn / 2 - 1) / (MostDrawn / 2);
        return this with
        {
            Points = [.. Points.Chunk(width).SelectMany(stretch =>
            {
                var (low, high) = (stretch.MinBy(point => point.Y), stretch.MaxBy(point => point.Y));
                return low == high ? [low] : low.X <= high.X ? [low, high] : (IEnumerable<(double, double)>)[high, low];
            })],
        };
    }
}
