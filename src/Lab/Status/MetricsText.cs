using System.Globalization;
using System.Text;

namespace Holdfast.Lab.Status;

/// <summary>The text format of Prometheus, 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).</summary>
internal sealed class MetricsText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>What can go up and down.</summary>
    public void Gauge(string name, string help, double value) => Family(name, help, "gauge", [("", value)]);

    /// <summary>What can go up and down, by a label.</summary>
    public void Gauge(string name, string help, string label, IEnumerable<(string Label, double Value)> values) =>
        Family(name, help, "gauge", values.Select(each => ($"{{{label}=\"{Escaped(each.Label)}\"}}", each.Value)));

    /// <summary>What only goes up; its name ends with <c>_total</c>.</summary>
    public void Counter(string name, string help, double value) => Family(name, help, "counter", [("", value)]);

    /// <summary>What only goes up, by a label.</summary>
    public void Counter(string name, string help, string label, IEnumerable<(string Label, double Value)> values) =>
        Family(name, help, "counter", values.Select(each => ($"{{{label}=\"{Escaped(each.Label)}\"}}", each.Value)));

    /// <summary>How many were at most each bound; <paramref name="counts"/> has one place more, for what was longer.</summary>
    public void Histogram(string name, string help, IReadOnlyList<double> bounds, IReadOnlyList<long> counts, double sum)
    {
        Head(name, help, "histogram");
        var total = 0L;
        for (var i = 0; i < counts.Count; i++)
        {
            total += counts[i];
            Line($"{name}_bucket{{le=\"{(i < bounds.Count ? Number(bounds[i]) : "+Inf")}\"}}", total);
        }
        Line(name + "_sum", sum);
        Line(name + "_count", total);
    }

    public override string ToString() => _text.ToString();

    private void Family(string name, string help, string type, IEnumerable<(string Labels, double Value)> values)
    {
        Head(name, help, type);
        foreach (var (labels, value) in values)
            Line(name + labels, value);
    }

    private void Head(string name, string help, string type) => _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');

    private void Line(string name, double value) => _text.Append(name).Append(' ').Append(Number(value)).Append('\n');

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Escaped(string label) =>
        label.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
