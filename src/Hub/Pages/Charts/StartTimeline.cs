using System.Globalization;
using Holdfast.Hub.Machines;

namespace Holdfast.Hub.Pages.Charts;

/// <summary>The steps of a start, a row each, with a bar at the time that it took.</summary>
internal static class StartTimeline
{
    public static Html Draw(IReadOnlyList<StartStep> steps, DateTimeOffset now)
    {
        if (steps.Count == 0) return Html.Empty;
        var (from, to) = (steps.Min(step => step.Began), steps.Max(step => step.Began + (step.Took ?? now - step.Began)));
        var length = Math.Max((to - from).TotalSeconds, 0.001);
        return $"""<ol class="steps">{steps.Select(Row)}</ol>""";

        Html Row(StartStep step)
        {
            var (left, width) = ((step.Began - from).TotalSeconds / length, (step.Took ?? now - step.Began).TotalSeconds / length);
            var kind = MachineParts.StepClass(step);
            var x = Math.Clamp(left, 0, 0.99) * 100;
            return $"""
                <li class="{kind}"><span>{MachineParts.StepName(step.Name)}</span><svg class="gantt" aria-hidden="true"><rect class="fill c0" width="100%" height="100%" rx="3"/><rect class="fill {Colour(kind)}" x="{Bars.Percent(x)}" width="{Bars.Percent(Math.Clamp(width * 100, 1, 100 - x))}" height="100%" rx="3"/></svg><span class="n">{(step.Took is { } took ? string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0.00} s") : "")}</span>{Html.If(step.Detail is not null, $"<small>{step.Detail}</small>")}</li>
                """;
        }

        static string Colour(string kind) => kind switch { "bad" => "cbad", "skipped" => "cwait", _ => "c1" };
    }
}
