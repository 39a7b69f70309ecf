using System.Globalization;

namespace Holdfast.Hub.Pages.Charts;

/// <summary>Amounts side by side: stacked columns, and a bar in a row of a table.</summary>
internal static class Bars
{
    /// <summary>A column for each place, stacked from one or more parts.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="now">The figure beside the title.</param>
    /// <param name="parts">What each part of a column is.</param>
    /// <param name="columns">The name of each column and its parts, in the order of <paramref name="parts"/>.</param>
    /// <param name="label">An amount in words.</param>
    public static Html Columns(string title, string now, IReadOnlyList<string> parts, IReadOnlyList<(string Name, IReadOnlyList<double> Parts)> columns, Func<double, string> label)
    {
        var top = columns.Select(column => column.Parts.Sum()).DefaultIfEmpty().Max();
        if (top <= 0) top = 1;
        var width = 100.0 / Math.Max(columns.Count, 1);
        Html shapes = Html.Join(columns.SelectMany((column, at) =>
        {
            var done = 0.0;
            return column.Parts.Select((amount, part) =>
            {
                done += amount;
                return (Html)$"""<rect class="fill c{part + 1}" x="{Percent(at * width + width * 0.12)}" width="{Percent(width * 0.76)}" y="{Percent(100 - done / top * 100)}" height="{Percent(amount / top * 100)}"><title>{column.Name}: {parts[part]} {label(amount)}</title></rect>""";
            }).ToList();
        }));
        var shown = columns.Count == 0 ? [] : new[] { 0, columns.Count / 2, columns.Count - 1 }.Distinct().ToArray();
        return $"""
            <figure class="chart"><figcaption><b>{title}</b><span class="n">{now}</span></figcaption><div class="plot high"><div class="ys" aria-hidden="true"><span>{label(top)}</span><span>{label(top / 2)}</span><span>{label(0)}</span></div>
            <svg role="img" aria-label="{title}: {string.Join(", ", columns.Where(column => column.Parts.Sum() > 0).Select(column => $"{column.Name} {label(column.Parts.Sum())}"))}">{shapes}</svg>
            <div class="xs" aria-hidden="true">{shown.Select(at => (Html)$"<span>{columns[at].Name}</span>")}</div></div>
            {Html.If(parts.Count > 1, $"""<ul class="key">{parts.Select((part, at) => (Html)$"""<li class="c{at + 1}">{LineChart.Swatch}{part}</li>""")}</ul>""")}</figure>
            """;
    }

    /// <summary>How much of a whole something is, as a bar.</summary>
    /// <param name="part">0 to 1; more is shown as full.</param>
    /// <param name="colour">A class of the style sheet: <c>c1</c> … <c>c6</c>, <c>cbad</c>, <c>cwait</c>.</param>
    /// <param name="style">The class of the bar: <c>bar</c> in tables, <c>meter</c> alone.</param>
    public static Html Of(double part, string colour = "c1", string style = "bar") =>
        $"""<svg class="{style}" aria-hidden="true"><rect class="fill c0" width="100%" height="100%" rx="4"/><rect class="fill {colour}" width="{Percent(Math.Clamp(part, 0, 1) * 100)}" height="100%" rx="4"/></svg>""";

    internal static string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{value:0.##}%");
}
