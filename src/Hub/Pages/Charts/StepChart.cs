using System.Globalization;
using System.Text;

namespace Holdfast.Hub.Pages.Charts;

/// <summary>Curves over steps, of one job or of several. The shapes are stretched to the place there is; the words stand beside them and keep their size.</summary>
internal static class StepChart
{
    /// <summary>Six colours, and the same dashed.</summary>
    public const int MostLines = 12;
    private const int Colours = 6;
    private const double Width = 1000, Height = 100;

    /// <summary>A chart with its axes.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="now">What stands beside the title.</param>
    /// <param name="series">Up to twelve lines.</param>
    /// <param name="log">Whether the axis is logarithmic; it is not where a value is not above 0.</param>
    /// <param name="smooth">How much the lines are smoothed, 0 to below 1; what was measured stays, faint.</param>
    /// <param name="showsKey">Whether the lines are named below.</param>
    public static Html Draw(string title, string now, IReadOnlyList<StepSeries> series, bool log = false, double smooth = 0, bool showsKey = true)
    {
        var all = series.SelectMany(each => each.Points).ToList();
        if (all.Count == 0) return $"""<figure class="chart"><figcaption><b>{title}</b></figcaption><p class="hint">Nothing logged.</p></figure>""";
        var ticks = Ticks.Between(all.Min(point => point.Y), all.Max(point => point.Y), log);
        var (from, to) = (all.Min(point => point.X), all.Max(point => point.X));
        if (to <= from) to = from + 1;
        // Steps are mostly whole numbers: their labels are, too.
        var parts = to - from >= 30 || !double.IsInteger(to - from) ? 3 : ((int[])[3, 4, 5, 2, 1]).First(each => (to - from) % each == 0);
        var lines = series.Index().Where(each => each.Item.Points.Count > 0).ToList();
        Html faint = Html.If(smooth > 0, Html.Join(lines.Select(each => Line(each.Item, each.Index, "line raw"))));
        return $"""
            <figure class="chart"><figcaption><b>{title}</b><span class="n">{now}</span></figcaption><div class="plot high"><div class="ys" aria-hidden="true">{ticks.Labels.Reverse().Select(label => (Html)$"<span>{label}</span>")}</div>
            <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="{Words(title, series)}">{ticks.Values.Skip(1).SkipLast(1).Select(value => (Html)$"""<path class="grid" d="M0 {Number(Y(value))}H1000"/>""")}{faint}{lines.Select(each => Line(smooth > 0 ? each.Item.Smoothed(smooth) : each.Item, each.Index, "line"))}</svg>
            <div class="xs" aria-hidden="true">{Enumerable.Range(0, parts + 1).Select(at => (Html)$"<span>{Ticks.Word(Math.Round(from + (to - from) * at / parts, to - from >= 30 ? 0 : 1))}</span>")}</div></div>
            {Html.If(showsKey && series.Count > 1, Key([.. series.Select(each => each.Name)]))}</figure>
            """;

        Html Line(StepSeries each, int at, string style)
        {
            var path = new StringBuilder();
            foreach (var (x, y) in each.Thinned().Points) path.Append(CultureInfo.InvariantCulture, $"{(path.Length == 0 ? 'M' : 'L')}{(x - from) / (to - from) * Width:0.#} {Y(y):0.##}");
            // One point alone is a dot.
            if (each.Points.Count == 1) path.Append("h0.01");
            return $"""<g class="{Class(at)}"><path class="{style}" d="{path.ToString()}"><title>{each.Name}</title></path></g>""";
        }

        double Y(double value) => Height - ticks.Place(value) * Height;
    }

    /// <summary>The colour of a line by its place, as classes of the style sheet.</summary>
    public static string Class(int at) => string.Create(CultureInfo.InvariantCulture, $"c{at % Colours + 1}{(at % MostLines >= Colours ? " dashed" : "")}");

    /// <summary>What the lines are.</summary>
    public static Html Key(IReadOnlyList<string> names) => $"""<ul class="key">{names.Select((name, at) => (Html)$"""<li class="{Class(at)}">{Swatch}{name}</li>""")}</ul>""";

    public static readonly Html Swatch = Html.Trusted("""<svg class="swatch" aria-hidden="true" viewBox="0 0 16 10"><path class="line" d="M1 5H15"/></svg>""");

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Words(string title, IReadOnlyList<StepSeries> series) => $"{title}: " + string.Join("; ", series.Select(each => each.Points.Count == 0
        ? $"{each.Name} nothing logged"
        : $"{each.Name} from {Ticks.Word(each.Points[0].Y)} to {Ticks.Word(each.Points[^1].Y)}, lowest {Ticks.Word(each.Points.Min(point => point.Y))}"));
}
