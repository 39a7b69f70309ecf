using System.Globalization;
using System.Text;

namespace Holdfast.Hub.Pages.Charts;

/// <summary>Curves over a span of time. The shapes are stretched to the place there is; the words stand beside them and keep their size.</summary>
internal static class LineChart
{
    private const double Width = 1000, Height = 100;

    /// <summary>A chart with its axes.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="now">The last value in words.</param>
    /// <param name="series">Up to six curves.</param>
    /// <param name="from">The left end.</param>
    /// <param name="to">The right end.</param>
    /// <param name="top">The value at the top; raised to the largest one.</param>
    /// <param name="label">A value in words, for the axis.</param>
    /// <param name="gap">Points that are further apart than this are not connected: nobody looked in between.</param>
    public static Html Draw(string title, string now, IReadOnlyList<Series> series, DateTimeOffset from, DateTimeOffset to, double top, Func<double, string> label, TimeSpan gap)
    {
        top = Math.Max(top, series.SelectMany(each => each.Points).Select(point => point.Value).DefaultIfEmpty().Max());
        if (top <= 0) top = 1;
        var days = to - from > TimeSpan.FromDays(2);
        Html key = Html.If(series.Count > 1, $"""<ul class="key">{series.Select((each, at) => (Html)$"""<li class="c{at + 1}">{Swatch}{each.Name}</li>""")}</ul>""");
        return $"""
            <figure class="chart"><figcaption><b>{title}</b><span class="n">{now}</span></figcaption><div class="plot"><div class="ys" aria-hidden="true"><span>{label(top)}</span><span>{label(top / 2)}</span><span>{label(0)}</span></div>
            <svg viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="{Words(title, series, label)}"><path class="grid" d="M0 50H1000"/>{series.Select((each, at) => Curve(each, at + 1, from, to, top, gap))}</svg>
            <div class="xs" aria-hidden="true">{Enumerable.Range(0, 4).Select(at => (Html)$"<span>{(from + (to - from) * at / 3).ToString(days ? "ddd d MMM" : "HH:mm", CultureInfo.InvariantCulture)}</span>")}</div></div>{key}</figure>
            """;
    }

    /// <summary>A small curve without axes, for a row of a list; nothing with fewer than two points.</summary>
    public static Html Spark(string words, Series series, DateTimeOffset from, DateTimeOffset to, double top, TimeSpan gap) => series.Points.Count < 2 ? Html.Empty : $"""
        <svg class="spark" viewBox="0 0 1000 100" preserveAspectRatio="none" role="img" aria-label="{words}">{Curve(series, 1, from, to, Math.Max(top, series.Points.Max(point => point.Value)), gap)}</svg>
        """;

    public static readonly Html Swatch = Html.Trusted("""<svg aria-hidden="true" viewBox="0 0 10 10"><rect class="fill" width="10" height="10" rx="2"/></svg>""");

    private static Html Curve(Series series, int colour, DateTimeOffset from, DateTimeOffset to, double top, TimeSpan gap)
    {
        var (line, area) = (new StringBuilder(), new StringBuilder());
        (double X, DateTimeOffset Time)? last = null;
        foreach (var (time, value) in series.Points)
        {
            var (x, y) = ((time - from) / (to - from) * Width, Height - Math.Clamp(value / top, 0, 1) * Height);
            if (x is < 0 or > Width) continue;
            var joined = last is { } before && time - before.Time <= gap;
            if (!joined && last is { } end) area.Append(CultureInfo.InvariantCulture, $"L{end.X:0.#} {Height}Z");
            line.Append(CultureInfo.InvariantCulture, $"{(joined ? 'L' : 'M')}{x:0.#} {y:0.#}");
            area.Append(CultureInfo.InvariantCulture, $"{(joined ? "" : $"M{x.ToString("0.#", CultureInfo.InvariantCulture)} {Height}")}L{x:0.#} {y:0.#}");
            last = (x, time);
        }
        if (last is not { } final) return Html.Empty;
        area.Append(CultureInfo.InvariantCulture, $"L{final.X:0.#} {Height}Z");
        return $"""<g class="c{colour}"><path class="area" d="{area.ToString()}"/><path class="line" d="{line.ToString()}"/></g>""";
    }

    private static string Words(string title, IReadOnlyList<Series> series, Func<double, string> label) => $"{title}: " + string.Join("; ", series.Select(each => each.Points.Count == 0
        ? $"{each.Name} nothing measured"
        : $"{each.Name} now {label(each.Points[^1].Value)}, most {label(each.Points.Max(point => point.Value))}"));
}
