using System.Globalization;
using Holdfast.Hub.Activity;
using Holdfast.Hub.Costs;
using Holdfast.Hub.Events;
using Holdfast.Hub.Machines;
using Holdfast.Hub.Pages.Charts;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Pages;

/// <summary>What of a machine is worth a word, a figure or a curve: what it does, uses and costs, and when it stops.</summary>
internal sealed class MachineGlance(ActivityWatch activity, UsageSamples samples, CostReports costs, EventLog events, HubSettings settings, TimeProvider time)
{
    private const int RecentEvents = 8, MostBusy = 3;

    /// <summary>Samples further apart than this have nothing between them.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMinutes(3), CoarseGap = TimeSpan.FromMinutes(25);

    /// <summary>A few words each, for a list.</summary>
    public IEnumerable<string> Facts(MachineRecord machine)
    {
        if (activity.Of(machine) is { } now)
        {
            yield return Does(now);
            if (now.TimeLeft is { } left) yield return $"stops in {Words.Span(left)}";
        }
        if (!MachineRules.IsAtRest(machine.State) && costs.Of(machine.Id) is { SoFar: > 0 and var soFar }) yield return $"{Words.Money(soFar, settings.Currency)} so far";
    }

    /// <summary>Its processors in the last hour.</summary>
    public Html Spark(MachineRecord machine)
    {
        if (machine.State != MachineState.Running) return Html.Empty;
        var now = time.GetUtcNow();
        var from = now - TimeSpan.FromHours(1);
        var used = samples.Read(machine.Id, from);
        return LineChart.Spark($"Processors of {machine.Spec.Name} in the last hour", new Series("Processors", [.. used.Select(sample => (sample.Time, sample.Cpu))]), from, now, Processors(machine), Gap);
    }

    /// <summary>What its owner is to know now: that it stops soon, or would if it lost nothing.</summary>
    public static Html Note(MachineRecord machine) => machine.Notice is { Text: var text } && machine.State == MachineState.Running
        ? (Html)$"""<div class="warn why" role="status">{text}<div class="do">{Extend(machine, "1h", "Extend by 1 h")}{Extend(machine, "8h", "by 8 h")}</div></div>"""
        : Html.Empty;

    /// <summary>The figures at the top of its page; none for one that was never started.</summary>
    public Html Figures(MachineRecord machine)
    {
        if (machine.Started is not { } started) return Html.Empty;
        var (price, now, does) = (costs.Of(machine.Id), time.GetUtcNow(), activity.Of(machine));
        return $"""
            <dl class="figures">{Figure(machine is { State: MachineState.Starting, Reason: MachineReason.Queued } ? "Waits for" : machine.Stopped is null ? "Runs for" : "Ran for", Words.Span((machine.Stopped ?? now) - started), machine.Stopped is { } stopped ? $"stopped {Words.Ago(stopped, now)}" : null)}
            {Html.If(does is not null, Figure("Does", does is { Busy.Count: > 0 } ? "works" : does is { Answers: false } ? "no answer" : "idle", does is null ? null : does.Busy.Count > 0 ? Busy(does) : does.IdleSince is { } since ? $"for {Words.Span(now - since)}" : null))}
            {Html.If(does?.TimeLeft is not null, Figure("Stops in", Words.Span(does?.TimeLeft ?? default), Because(does)))}
            {Html.If(price.SoFar is not null, Figure("This run", Words.Money(price.SoFar ?? 0, settings.Currency), null))}
            {Html.If(price.Month > 0, Figure("This month", Words.Money(price.Month, settings.Currency), null))}</dl>
            """;
    }

    /// <summary>What it used: processors, memory, GPUs over a span.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="span"><c>1h</c>, <c>24h</c> or <c>7d</c>.</param>
    public Html Usage(MachineRecord machine, string? span)
    {
        if (machine.Started is null) return Html.Empty;
        var to = time.GetUtcNow();
        (string Name, TimeSpan Length)[] spans = [("1h", TimeSpan.FromHours(1)), ("24h", TimeSpan.FromDays(1)), ("7d", TimeSpan.FromDays(7))];
        var (chosen, length) = spans.FirstOrDefault(each => each.Name == span) is { Name: not null } asked ? asked : spans[0];
        var used = samples.Read(machine.Id, to - length);
        if (used.Count == 0 && span is null) return Html.If(machine.State == MachineState.Running, Html.Trusted("""<section><h2>What it uses</h2><p class="hint">The first minute is drawn when it is over.</p></section>"""));
        var type = MachineRules.TypeOf(machine, settings);
        var gap = length > TimeSpan.FromDays(1) ? CoarseGap : Gap;
        Html Chart(string title, string now, double top, Func<UsageSample, double?> value, Func<double, string> label) =>
            LineChart.Draw(title, now, [new Series(title, [.. used.Where(sample => value(sample) is not null).Select(sample => (sample.Time, value(sample)!.Value))])], to - length, to, top, label, gap);
        return $"""
            <section><header><h2>What it uses</h2><nav class="do" aria-label="Span">{spans.Select(each => (Html)$"""<a class="button slim" href="/machines/{machine.Spec.Name}?span={each.Name}"{Html.If(each.Name == chosen, Html.Trusted(" aria-current=\"true\""))}>{each.Name}</a>""")}</nav></header>
            {Chart("Processors", used.Count > 0 ? $"{Words.Number(used[^1].Cpu)} of {Words.Number(Processors(machine))}" : "", Processors(machine), sample => sample.Cpu, Words.Number)}
            {Chart("Memory", used.Count > 0 ? Words.Size(used[^1].Memory) + (type.Memory is { } limit ? $" of {Words.Size(limit)}" : "") : "", type.Memory ?? 0, sample => sample.Memory, value => Words.Size((long)value))}
            {Html.If(used.Any(sample => sample.Gpu is not null), Chart("GPU", $"{Words.Percent(used.LastOrDefault(sample => sample.Gpu is not null)?.Gpu ?? 0)}, {Words.Size(used.LastOrDefault(sample => sample.GpuMemory is not null)?.GpuMemory ?? 0)}", 1, sample => sample.Gpu, Words.Percent))}</section>
            """;
    }

    /// <summary>What happened to it last.</summary>
    public Html Events(MachineRecord machine, Caller caller)
    {
        var list = events.Read(caller, null, machine.Spec.Name, RecentEvents);
        return Html.If(list.Count > 0, $"""<section><header><h2>What happened</h2><a href="/events?machine={machine.Spec.Name}">All</a></header><ol class="events">{list.Select(each => EventsPage.Line(each, linksMachines: false))}</ol></section>""");
    }

    /// <summary>A button that has it run on.</summary>
    public static Html Extend(MachineRecord machine, string span, string label) =>
        $"""<form method="post" action="/machines/{machine.Spec.Name}/extend"><button class="slim" name="span" value="{span}">{label}</button></form>""";

    private static string Does(MachineActivity now) => now switch
    {
        { Answers: false } => "does not answer",
        { Busy.Count: > 0 } => $"works on {now.Busy[0].Name}",
        _ => "idle",
    };

    private static string Busy(MachineActivity now) => string.Join(", ", now.Busy.Take(MostBusy).Select(busy => busy.Name)) + (now.Busy.Count > MostBusy ? string.Create(CultureInfo.InvariantCulture, $" and {now.Busy.Count - MostBusy} more") : "");

    private static string? Because(MachineActivity? now) => now switch
    {
        null => null,
        { StopsBecause: MachineReason.TimeLimit, TimeLimit: null } => "its allocation ends",
        { StopsBecause: MachineReason.TimeLimit } => $"its time limit, {Words.Span(now.TimeLimit ?? default)}",
        { ExtendedUntil: { } until } when now.StopsAt == until => "extended",
        _ => $"idle for {Words.Span(now.IdleTimeout ?? default)} then",
    };

    private double Processors(MachineRecord machine) => MachineRules.TypeOf(machine, settings).Processors ?? Environment.ProcessorCount;

    private static Html Figure(string name, string value, string? small) => $"<div><dt>{name}</dt><dd>{value}{Html.If(small is not null, $"<small>{small}</small>")}</dd></div>";
}
