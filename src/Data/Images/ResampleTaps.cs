using System.Runtime.Intrinsics;

namespace Holdfast.Data.Images;

/// <summary>
/// Of each output pixel along one axis: the input pixels that it is made of, and their weights as whole numbers of 2^-22. Pillow's rule (Resample.c): the
/// filter is as wide as the reduction, so that nothing aliases, and the weights of one output pixel add up to one.
/// </summary>
internal sealed class ResampleTaps
{
    public const int Precision = 22;

    private const int LowBits = 11;

    private ResampleTaps(int outputs, int most)
    {
        (First, Count, Most, Groups) = (new int[outputs], new int[outputs], most, (most + 3) / 4);
        (Weights, Halves) = (new int[outputs * most], new int[outputs * Groups * 4]);
    }

    /// <summary>The first input pixel of each output pixel.</summary>
    public int[] First { get; }

    /// <summary>How many input pixels it has.</summary>
    public int[] Count { get; }

    /// <summary>Where the weights of output pixel n begin: n times this.</summary>
    public int Most { get; }

    public int[] Weights { get; }

    /// <summary>How many groups of four taps an output pixel has room for.</summary>
    public int Groups { get; }

    /// <summary>
    /// The weights once more, for a processor that multiplies two pairs of 16 bits and adds them in one step: of each group of four taps the upper halves of
    /// the first two and of the last two, then the lower ones; a weight is the upper half times 2^<see cref="LowBits"/> and the lower one. Behind the last tap they are zero.
    /// </summary>
    public int[] Halves { get; }

    /// <summary>The sum of all, of the sums by upper and by lower halves.</summary>
    public static Vector256<int> Whole(Vector256<int> upper, Vector256<int> lower) => (upper << LowBits) + lower + Vector256.Create(1 << (Precision - 1));

    /// <summary>Taps for <paramref name="outputs"/> pixels over the stretch from <paramref name="from"/> to <paramref name="to"/> of <paramref name="inputs"/> pixels.</summary>
    public static ResampleTaps Of(int inputs, double from, double to, int outputs, PackFilter filter)
    {
        var (function, support) = Filter(filter);
        var scale = (to - from) / outputs;
        var stretch = Math.Max(scale, 1);
        support *= stretch;
        var taps = new ResampleTaps(outputs, (int)Math.Ceiling(support) * 2 + 1);
        var weights = new double[taps.Most];
        for (var output = 0; output < outputs; output++)
        {
            var center = from + (output + 0.5) * scale;
            var first = Math.Max(0, (int)(center - support + 0.5));
            var count = Math.Min(inputs, (int)(center + support + 0.5)) - first;
            var sum = 0.0;
            for (var tap = 0; tap < count; tap++) sum += weights[tap] = function((tap + first - center + 0.5) / stretch);
            for (var tap = 0; tap < count; tap++)
            {
                var weight = weights[tap] / sum * (1 << Precision);
                taps.Weights[output * taps.Most + tap] = (int)(weight < 0 ? weight - 0.5 : weight + 0.5);
            }

            (taps.First[output], taps.Count[output]) = (first, count);
            taps.Halve(output);
        }

        return taps;
    }

    private void Halve(int output)
    {
        for (var tap = 0; tap < Count[output]; tap++)
        {
            var weight = Weights[output * Most + tap];
            var (pair, shift) = ((output * Groups + tap / 4) * 4 + tap % 4 / 2, tap % 2 * 16);
            Halves[pair] |= ((weight >> LowBits) & 0xFFFF) << shift;
            Halves[pair + 2] |= (weight & ((1 << LowBits) - 1)) << shift;
        }
    }

    private static (Func<double, double> Function, double Support) Filter(PackFilter filter) => filter switch
    {
        PackFilter.Bicubic => (Bicubic, 2),
        PackFilter.Lanczos => (x => Math.Abs(x) < 3 ? Sinc(x) * Sinc(x / 3) : 0, 3),
        _ => (x => Math.Max(0, 1 - Math.Abs(x)), 1),
    };

    private static double Bicubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        return x < 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(x * Math.PI) / (x * Math.PI);
}
