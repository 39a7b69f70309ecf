using System.Globalization;

namespace Holdfast.Lab.Bench.Figures;

/// <summary>Repeated measurements of one thing, in <paramref name="unit"/>.</summary>
internal sealed class Sample(string unit)
{
    private readonly List<double> _values = [];

    public double Median
    {
        get
        {
            var sorted = _values.Order().ToArray();
            return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
        }
    }

    public void Add(double value) => _values.Add(value);

    public override string ToString() => _values.Count == 1
        ? $"{Digits(_values[0])} {unit}"
        : $"{Digits(Median)} {unit} ({Digits(_values.Min())}–{Digits(_values.Max())})";

    private static string Digits(double value) => value.ToString(Math.Abs(value) switch { < 10 => "0.00", < 100 => "0.0", _ => "0" }, CultureInfo.InvariantCulture);
}
