using System.Globalization;

namespace Holdfast.Hub.Pages.Charts;

/// <summary>Parallel coordinates (Inselberg 1985): an axis for each column, a line for each row. Places are parts of the whole, so that the words keep their size.</summary>
internal static class ParallelAxes
{
    private const double Left = 6, Right = 94, Top = 14, Bottom = 90, ManyTimes = 50;
    private const int MostAxes = 8, MostWords = 6;

    /// <summary>A row.</summary>
    /// <param name="Name">What it is.</param>
    /// <param name="Values">As many as there are axes; null for none: the line ends there.</param>
    /// <param name="Rank">0 for the best one, 1 for the worst; null for unknown.</param>
    internal sealed record Line(string Name, IReadOnlyList<string?> Values, double? Rank);

    public static Html Draw(string title, IReadOnlyList<string> names, IReadOnlyList<Line> lines)
    {
        // The last axis, which is the metric, is always among them.
        var shown = names.Count <= MostAxes ? Enumerable.Range(0, names.Count).ToList() : [.. Enumerable.Range(0, MostAxes - 1), names.Count - 1];
        if (shown.Count < 2 || lines.Count < 2) return Html.Empty;
        var axes = shown.Select(at => Axis.Of(names[at], [.. lines.Select(line => line.Values[at])])).ToList();
        double X(int axis) => Left + (Right - Left) * axis / (axes.Count - 1);
        return $"""
            <svg class="parallel" role="img" aria-label="{title}">{lines.OrderByDescending(line => line.Rank ?? 2).Select(Row)}{axes.Select((axis, at) => (Html)$"""
            <line class="axis" x1="{P(X(at))}" x2="{P(X(at))}" y1="{P(Top)}" y2="{P(Bottom)}"/><text class="name" x="{P(X(at))}" y="{P(6)}" text-anchor="{Anchor(at)}">{axis.Name}</text>{axis.Labels.Select(label => (Html)$"""<text x="{P(X(at))}" dx="{(at == axes.Count - 1 ? -7 : 7)}" y="{P(Y(label.Place))}" dy="4" text-anchor="{(at == axes.Count - 1 ? "end" : "start")}">{label.Word}</text>""")}
            """)}</svg>
            """;

        Html Row(Line line)
        {
            var pieces = Enumerable.Range(0, axes.Count - 1).Select(at => (At: at, From: axes[at].Place(line.Values[shown[at]]), To: axes[at + 1].Place(line.Values[shown[at + 1]])))
                .Where(piece => piece.From is not null && piece.To is not null)
                .Select(piece => (Html)$"""<line x1="{P(X(piece.At))}" y1="{P(Y(piece.From ?? 0))}" x2="{P(X(piece.At + 1))}" y2="{P(Y(piece.To ?? 0))}"/>""");
            return $"""<g class="{line.Rank switch { 0 => "best", <= 0.25 => "near", _ => "far" }}"><title>{line.Name}</title>{pieces}</g>""";
        }

        string Anchor(int at) => at == 0 ? "start" : at == axes.Count - 1 ? "end" : "middle";
    }

    private static double Y(double place) => Bottom - (Bottom - Top) * place;

    private static string P(double value) => Bars.Percent(value);

    private static double? Number(string? text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private sealed record Axis(string Name, Ticks? Ticks, IReadOnlyList<string> Words)
    {
        public static Axis Of(string name, IReadOnlyList<string?> values)
        {
            var numbers = values.Where(value => value is not null).Select(Number).ToList();
            if (numbers.Count == 0 || numbers.Any(number => number is null)) return new Axis(name, null, [.. values.OfType<string>().Distinct().Order(StringComparer.Ordinal)]);
            var (low, high) = (numbers.Min()!.Value, numbers.Max()!.Value);
            return new Axis(name, Ticks.Between(low, high, log: low > 0 && high >= low * ManyTimes), []);
        }

        public IEnumerable<(double Place, string Word)> Labels => Ticks is { } ticks
            ? ticks.Values.Zip(ticks.Labels, (value, label) => (ticks.Place(value), label))
            : Words.Take(MostWords).Select(word => (Place(word)!.Value, word));

        public double? Place(string? value)
        {
            if (value is null) return null;
            if (Ticks is { } ticks) return Number(value) is { } number ? ticks.Place(number) : null;
            var at = Words.ToList().IndexOf(value);
            return at < 0 ? null : Words.Count == 1 ? 0.5 : at / (Words.Count - 1.0);
        }
    }
}
