namespace Holdfast.Data.Images;

/// <summary>
/// Of each output pixel along one axis: the input pixels that it is made of, and their weights as whole numbers of 2^-22. Pillow's rule (Resample.c): the
/// filter is as wide as the reduction, so that nothing aliases, and the weights of one output pixel add up to one.
/// </summary>
internal sealed class ResampleTaps
{
    public const int Precision = 22;

    private ResampleTaps(int outputs, int most)
    {
        (First, Count, Most) = (new int[outputs], new int[outputs], most);
        Weights = new int[outputs * most];
    }

    /// <summary>The first input pixel of each output pixel.</summary>
    public int[] First { get; }

    /// <summary>How many input pixels it has.</summary>
    public int[] Count { get; }

    /// <summary>Where the weights of output pixel n begin: n times this.</summary>
    public int Most { get; }

    public int[] Weights { get; }

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
        }

        return taps;
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
