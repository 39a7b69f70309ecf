using Holdfast.Data.Sampling;

namespace Holdfast.Data;

/// <summary>Draws with replacement, each image as often as its share of all weights: torch's WeightedRandomSampler, fastai's WeightedDL.</summary>
public static class WeightedSampler
{
    /// <summary>Draws as NumPy's <c>RandomState(seed).choice(n, count, p=weights/sum)</c> does, number for number. A weight of 0 is never drawn.</summary>
    /// <param name="weights">From 0, not all 0.</param>
    /// <param name="count">How many are drawn; an epoch is as many as there are weights.</param>
    /// <param name="seed">Of the stream.</param>
    public static int[] Draw(IReadOnlyList<double> weights, int count, uint seed)
    {
        var shares = Shares(weights);
        var cumulative = new double[shares.Length];
        var sum = 0.0;
        for (var at = 0; at < shares.Length; at++) cumulative[at] = sum += shares[at];
        for (var at = 0; at < shares.Length; at++) cumulative[at] /= sum;

        var random = new MersenneTwister(seed);
        var drawn = new int[count];
        for (var draw = 0; draw < count; draw++)
        {
            // searchsorted(side="right"): the first that is above.
            var (low, high, point) = (0, cumulative.Length, random.NextDouble());
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (cumulative[middle] <= point) low = middle + 1;
                else high = middle;
            }

            drawn[draw] = low;
        }

        return drawn;
    }

    /// <summary>How many different images so many draws are expected to give.</summary>
    public static double ExpectedDistinct(IReadOnlyList<double> weights, int count) => Shares(weights).Sum(share => 1 - Math.Pow(1 - share, count));

    /// <summary>By label, the factor that turns probabilities of a model trained on these draws into those of the data: the label's share of the images over its share of the draws (Saerens, Latinne and Decaestecker 2002).</summary>
    public static IReadOnlyDictionary<string, double> PriorCorrection(IReadOnlyList<string> labels, IReadOnlyList<double> weights)
    {
        var shares = Shares(weights);
        return labels.Zip(shares).GroupBy(each => each.First, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => (double)group.Count() / labels.Count / group.Sum(each => each.Second), StringComparer.Ordinal);
    }

    private static double[] Shares(IReadOnlyList<double> weights)
    {
        var sum = weights.Sum();
        return [.. weights.Select(weight => weight / sum)];
    }
}
