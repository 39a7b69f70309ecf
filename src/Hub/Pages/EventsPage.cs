using System.Globalization;
using Holdfast.Hub.Events;
using Holdfast.Hub.People;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Hub.Pages;

/// <summary><c>/events</c>: what happened to machines and budgets, the newest first.</summary>
internal sealed class EventsPage(EventLog events)
{
    private const int AtOnce = 100;

    public Task ShowAsync(HttpContext context)
    {
        var machine = context.Request.Query["machine"].ToString() is { Length: > 0 } asked ? asked : null;
        long? before = long.TryParse(context.Request.Query["before"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
        var list = events.Read(context.Caller(), before, machine, AtOnce);
        var more = list.Count == AtOnce ? string.Create(CultureInfo.InvariantCulture, $"/events?before={list[^1].Id}{(machine is null ? "" : $"&machine={Uri.EscapeDataString(machine)}")}") : null;
        return HubPage.WriteAsync(context, "Events", $"""
            <div class="head">{Html.If(machine is not null, $"""<p class="crumb"><a href="/events">All events</a> ›</p>""")}<h1>Events{Html.If(machine is not null, $""" <span class="tag">{machine}</span>""")}</h1></div>
            {(list.Count == 0
                ? (Html)$"""<section class="empty">{Icons.Events}<h2>Nothing has happened {(before is null ? "yet" : "before that")}</h2><p>Starts, stops and their reasons, budgets and warnings are told here. <code>holdfast events -f</code> tells them as they come.</p></section>"""
                : List(list, machine is null))}
            {Html.If(more is not null, $"""<p><a class="button" href="{more}">Older ones</a></p>""")}
            """);
    }

    /// <summary>Events in a section, by day.</summary>
    private static Html List(IReadOnlyList<HubEvent> list, bool linksMachines) => Html.Join(list.GroupBy(each => each.Time.UtcDateTime.Date).Select(day => (Html)$"""
        <section><h2>{day.Key.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture)}</h2><ol class="events">{day.Select(each => Line(each, linksMachines))}</ol></section>
        """));

    public static Html Line(HubEvent each, bool linksMachines) => $"""
        <li>{Words.At(each.Time, each.Time.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture))}<span class="{Kind(each.Kind)}">{each.Text}{Html.If(linksMachines && each.Machine is not null, $""" <a class="tag" href="/events?machine={Uri.EscapeDataString(each.Machine ?? "")}">{each.Machine}</a>""")}</span></li>
        """;

    private static string Kind(string kind) => kind is "machine.failed" or "hook.failed" ? "bad" : kind.StartsWith("budget", StringComparison.Ordinal) || kind.Contains("warn", StringComparison.Ordinal) ? "waits" : "";
}
